/** Pods of pools and claims among what disturbs pods: drains, disruption budgets, autoscalers; and network policies. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { PodDisruptionBudget } from '../../src/api/administration.js';
import { ContainerClaim } from '../../src/api/container-claim.js';
import { Eviction, Node, Pod } from '../../src/api/kubernetes.js';
import { nameOf } from '../../src/api/meta/resource.js';
import { annotations, labels, states } from '../../src/api/names.js';
import { TooManyRequests } from '../../src/cluster/errors.js';
import { mergePatch } from '../../src/cluster/patch.js';
import { lacks, pathOf, type Program } from '../control-plane/binaries.js';
import { namespace, Scene } from '../server-faults/scene.js';
import { NetworkPolicy } from './kinds.js';

const needed: readonly Program[] = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kubectl'];
const page = new URL('../../docs/explanation/neighbours.md', import.meta.url);
const stock = 24;
const size = 12;

it('the network policy of the documentation for stock names every state of a container that nobody has', () => {
  const policy = documented('NetworkPolicy').find(({ metadata }) => metadata.name === 'stock-is-cut-off');
  const nobodys = Object.values(states).filter((state) => state !== states.delivered && state !== states.released);
  expect(policy.spec.podSelector.matchExpressions).toEqual([{ key: labels.state, operator: 'In', values: nobodys }]);
});

describe.skipIf(lacks(needed, 'drains, budgets and policies'))('among others who act on pods', () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await Scene.open({ controllers: true });
    await scene.operator();
    await scene.pool('boxes', { replicas: stock });
    await scene.full('boxes');
    await scene.claim('work', {
      pool: { name: 'boxes' },
      items: [{ name: 'job', count: size, labels: { app: 'work' } }],
    });
    await scene.ready('work');
    await scene.full('boxes', size);
  });
  afterAll(() => scene?.close());

  const podsWith = async (selector: string) => (await scene.cluster.list(Pod, { namespace, labels: selector })).items;
  const stocked = () => podsWith(`${labels.state}=${states.stocked}`);
  const delivered = () => podsWith(`${labels.claim}=work`);
  const namesOf = (pods: readonly Pod[]) => pods.map(({ metadata }) => metadata.name).sort();
  const evict = (pod: Pod) => scene.cluster.create(Eviction, { metadata: nameOf(pod) });

  it('an autoscaler may evict what is in stock, and not what was delivered', async () => {
    const marks = (pods: readonly Pod[]) =>
      new Set(pods.map(({ metadata }) => metadata.annotations?.[annotations.safeToEvict]));
    expect(marks(await stocked())).toEqual(new Set(['true']));
    expect(marks(await delivered())).toEqual(new Set(['false']));
  });

  it('the network policies of the documentation tell stock from what was delivered', async () => {
    for (const policy of documented('NetworkPolicy')) await scene.cluster.create(NetworkPolicy, policy);
    const { items } = await scene.cluster.list(NetworkPolicy, { namespace });
    const selected = async (name: string) => {
      const selector = items.find(({ metadata }) => metadata.name === name)?.spec?.podSelector;
      const query = await kubectl('get', 'pods', '-o', 'name', '-l', asText(selector));
      return query
        .split('\n')
        .filter(Boolean)
        .map((line) => line.replace('pod/', ''))
        .sort();
    };
    expect(await selected('stock-is-cut-off')).toEqual(namesOf(await stocked()));
    expect(await selected('work-may-talk')).toEqual(namesOf(await delivered()));
  });

  it('a disruption budget with an integer minAvailable holds off evictions until the lost one is replaced', async () => {
    const [budget] = documented('PodDisruptionBudget');
    const ref = { namespace, name: 'work' };
    await scene.cluster.create(PodDisruptionBudget, budget);
    const allowed = (count: number) =>
      scene.until(
        `${count} disruptions to be allowed`,
        () => scene.cluster.get(PodDisruptionBudget, ref),
        ({ status }) => status?.disruptionsAllowed === count && status.expectedPods === size,
      );
    await allowed(1);
    const [first] = await delivered();
    await evict(first!);
    await scene.until(
      'the replacement',
      delivered,
      (pods) => pods.length === size && !namesOf(pods).includes(first!.metadata.name),
    );
    await allowed(1);
    const claim = await scene.ready('work');
    expect(claim.status?.replaced).toBe(1);

    await scene.cluster.patch(PodDisruptionBudget, ref, mergePatch({ spec: { minAvailable: size } }));
    await allowed(0);
    const [another] = await delivered();
    await expect(evict(another!)).rejects.toBeInstanceOf(TooManyRequests);
    await scene.cluster.remove(PodDisruptionBudget, ref);
  });

  it('a budget in other terms than that allows no disruption at all', async () => {
    const ref = { namespace, name: 'relative' };
    const selector = { matchLabels: { [labels.claim]: 'work' } };
    await scene.cluster.create(PodDisruptionBudget, { metadata: ref, spec: { maxUnavailable: 1, selector } });
    const { status } = await scene.until(
      'the budget to be looked at',
      () => scene.cluster.get(PodDisruptionBudget, ref),
      (seen) => (seen.status?.conditions?.length ?? 0) > 0,
    );
    expect(status).toMatchObject({ disruptionsAllowed: 0, conditions: [{ reason: 'SyncFailed' }] });
    await scene.cluster.remove(PodDisruptionBudget, ref);
  });

  it('a drained node loses its stock and what was delivered there, and both come back elsewhere', async () => {
    // what was evicted before is back, on whichever node
    await scene.full('boxes', size);
    const before = await scene.cluster.get(ContainerClaim, { namespace, name: 'work' });
    const stockedOn = new Set((await stocked()).map(({ spec }) => spec?.nodeName));
    const node = (await delivered()).map(({ spec }) => spec?.nodeName).find((name) => stockedOn.has(name)) ?? '';
    const here = (pods: readonly Pod[]) => pods.filter(({ spec }) => spec?.nodeName === node);
    const lost = here(await delivered());
    expect(here(await stocked()).length).toBeGreaterThan(0);
    await kubectl('drain', node, '--timeout=60s');
    expect(here((await scene.cluster.list(Pod, { namespace })).items)).toEqual([]);
    const claim = await scene.until(
      'the claim to have replacements',
      () => scene.cluster.get(ContainerClaim, { namespace, name: 'work' }),
      ({ status }) => status?.ready === size && status.replaced === (before.status?.replaced ?? 0) + lost.length,
    );
    expect(claim.status?.conditions?.find(({ type }) => type === 'Ready')).toMatchObject({ status: 'True' });
    await scene.full('boxes', size);
    expect(here(await podsWith(labels.pool))).toEqual([]);
    await kubectl('uncordon', node);
    expect((await scene.cluster.get(Node, { name: node })).spec?.unschedulable).toBeUndefined();
  });

  const kubectl = async (...args: readonly string[]) => {
    const line = ['--kubeconfig', scene.plane.kubeconfig, '--namespace', namespace, ...args];
    return (await promisify(execFile)(pathOf('kubectl'), line)).stdout;
  };
});

interface Selector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
}

/** A selector of `matchLabels` and `In`, as kubectl takes it. */
function asText({ matchLabels = {}, matchExpressions = [] }: Selector = {}): string {
  return [
    ...Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`),
    ...matchExpressions.map(({ key, values = [] }) => `${key} in (${values.join(',')})`),
  ].join(',');
}

/** The objects of a kind that the page shows as YAML. */
function documented(kind: string) {
  const blocks = [...readFileSync(page, 'utf8').matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, yaml = '']) => yaml);
  const objects = blocks.flatMap((yaml) => parseAllDocuments(yaml).map((document) => document.toJS()));
  return objects
    .filter((object) => object.kind === kind)
    .map((object) => ({ ...object, metadata: { ...object.metadata, namespace } }));
}
