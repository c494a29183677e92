import { expect, test } from 'vitest';
import { snapshotOf } from '../../../test/parity/answer.js';
import { generate } from '../../../test/parity/generate/generate.js';
import { podShape } from '../pod-shape.js';
import { defaultFilters } from './default-filters.js';
import { volumeRestrictions } from './volume-restrictions.js';

/** These count as kube-scheduler does, which in rare cases is not what counting anew would give: parity.test.ts compares them. */
const counting = ['PodTopologySpread', 'VolumeRestrictions'];

test('A filter says of a node without some of its pods what it says when they have left', () => {
  const filters = defaultFilters.filter(({ name }) => !counting.includes(name));
  const differing: unknown[] = [];
  for (let seed = 0; seed < 150; seed++) {
    const question = generate(seed);
    const nodes = snapshotOf(question);
    const pod = podShape(question.pod);
    for (const { row, name, pods } of nodes.infos()) {
      const gone = new Set(pods.filter((_, index) => index % 2 === seed % 2));
      const after = nodes.copy();
      for (const one of gone) after.remove(one, row);
      for (const filter of filters) {
        const [said, left] = [filter.explain(pod, nodes, row, [], gone), filter.explain(pod, after, row)];
        if (JSON.stringify(said) !== JSON.stringify(left)) differing.push({ seed, name, said, left });
      }
    }
  }
  expect(differing).toEqual([]);
});

test.each([
  { goes: 'its user goes', gone: ['user'], refused: false },
  { goes: 'somebody else goes', gone: ['other'], refused: true },
])('A claim that only one pod may have is free once $goes', ({ gone, refused }) => {
  const metadata = { uid: '', resourceVersion: '1', creationTimestamp: '', namespace: 'default' };
  const node = { apiVersion: 'v1', kind: 'Node', metadata: { ...metadata, name: 'n' } };
  const podOf = (name: string, claimed: boolean) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...metadata, name },
    spec: {
      containers: [{ name: 'main' }],
      ...(name !== 'waiting' && { nodeName: 'n' }),
      ...(claimed && { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'c' } }] }),
    },
  });
  const pvcs = [
    {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { ...metadata, name: 'c' },
      spec: { accessModes: ['ReadWriteOncePod'] },
    },
  ];
  const waiting = podOf('waiting', true);
  const nothing = { namespaces: [], pvs: [], storageClasses: [], csiNodes: [], csiDrivers: [], volumeAttachments: [] };
  const nodes = snapshotOf({
    ...nothing,
    nodes: [node],
    pods: [podOf('user', true), podOf('other', false)],
    pvcs,
    services: [],
    replicaSets: [],
    pdbs: [],
    pod: waiting,
    preempt: true,
  });
  const leaving = new Set(nodes.info(0)?.pods.filter(({ key }) => gone.includes(key.replace('default/', ''))));
  const refusal = volumeRestrictions.explain(podShape(waiting), nodes, 0, [], leaving);
  expect(refusal !== undefined).toBe(refused);
});
