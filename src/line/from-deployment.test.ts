import { describe, expect, it } from 'vitest';
import { aDeployment, aPool, aReplicaSet } from '../../test/objects.js';
import type { ContainerPool } from '../api/container-pool.js';
import { annotations, optIn, stockGate } from '../api/names.js';
import { seededRandom } from '../support/random.js';
import { disagreement, isHindrance, templateFor } from './from-deployment.js';
import { stockedPod, templateFingerprint } from './pod-template.js';

const { template: _, ...spec } = aPool().spec;
const pool: ContainerPool = { ...aPool(), spec: { ...spec, fromDeployment: { name: 'web' } } };
const web = aDeployment();
const random = seededRandom(1);

const templated = (...sets: readonly ReturnType<typeof aReplicaSet>[]) => {
  const found = templateFor(pool, web, sets);
  if (isHindrance(found)) throw new Error(found.message);
  return found;
};

describe('pool and Deployment', () => {
  it.each([
    ['name each other', pool, web, 'they do'],
    ['the pool has a template', aPool(), web, 'pool pool is not for a Deployment'],
    [
      'the pool names another',
      { ...pool, spec: { ...spec, fromDeployment: { name: 'api' } } },
      web,
      'is for Deployment api',
    ],
    [
      'the Deployment names none',
      pool,
      aDeployment({ annotations: {} }),
      'kubectl annotate deployment web penstock.dev/pool=pool',
    ],
    ['the Deployment names another', pool, aDeployment({ annotations: { [optIn.pool]: 'blue' } }), 'names pool blue'],
  ])('%s', (_what, one, other, words) => {
    expect(disagreement(one, other) ?? 'they do').toContain(words);
  });
});

describe('what a pool makes for a Deployment', () => {
  it.each([
    ['without the Deployment', undefined, [], 'DeploymentMissing'],
    ['without its consent', aDeployment({ annotations: {} }), [aReplicaSet()], 'DeploymentDisagrees'],
    ['without a ReplicaSet', web, [], 'NoReplicaSet'],
    ['of a ReplicaSet whose template is not kept', web, [{ ...aReplicaSet(), spec: undefined }], 'NoReplicaSet'],
    [
      'with a variable from a label',
      web,
      [
        aReplicaSet({
          spec: {
            containers: [
              {
                name: 'main',
                env: [{ name: 'APP', valueFrom: { fieldRef: { fieldPath: "metadata.labels['app']" } } }],
              },
            ],
          },
        }),
      ],
      'TemplateUnsuitable',
    ],
  ] as const)('is nothing %s', (_what, deployment, sets, reason) => {
    expect(templateFor(pool, deployment, sets)).toMatchObject({ reason, message: expect.stringMatching(/\w+ \w+/) });
  });

  it('is of the newest ReplicaSet, whichever was made last: a roll-back makes an old one the newest', () => {
    const old = aReplicaSet({ name: 'web-1', revision: 3 });
    const young = aReplicaSet({ name: 'web-2', revision: 2 });
    expect(stockedPod(templated(young, old), random).metadata.annotations).toMatchObject({
      [annotations.replicaSet]: 'web-1',
    });
  });

  it('is as the ReplicaSet would have made it, except for the labels by which it would be taken for a replica', () => {
    const set = aReplicaSet({ annotations: { note: 'x' }, labels: { app: 'web', 'pod-template-hash': 'h' } });
    const pod = stockedPod(templated(set), random);
    expect(pod.spec).toEqual(set.spec?.template?.spec);
    expect(pod.metadata.annotations).toMatchObject({ note: 'x' });
    expect(Object.keys(pod.metadata.labels ?? {}).filter((key) => !key.startsWith('penstock.dev/'))).toEqual([]);
  });

  it('does not wait at the gate that its template has for replicas, only at those of others', () => {
    const gates = [{ name: stockGate }, { name: 'example.com/quota' }];
    const spec = { containers: [{ name: 'main' }] };
    const gated = aReplicaSet({ spec: { ...spec, schedulingGates: gates } });
    expect(stockedPod(templated(gated), random).spec).toEqual({ ...spec, schedulingGates: gates.slice(1) });
    const only = aReplicaSet({ spec: { ...spec, schedulingGates: gates.slice(0, 1) } });
    expect(stockedPod(templated(only), random).spec).toEqual(spec);
  });

  it('is other stock when the template is another, also in a label alone', () => {
    const one = aReplicaSet({ name: 'web-1' });
    const other = aReplicaSet({ name: 'web-2', labels: { app: 'web', version: '2', 'pod-template-hash': '2' } });
    expect(templateFingerprint(templated(one))).toBe(
      templateFingerprint(templated({ ...one, status: { replicas: 3 } })),
    );
    expect(templateFingerprint(templated(one))).not.toBe(templateFingerprint(templated(other)));
  });
});
