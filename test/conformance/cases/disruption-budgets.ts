import { expect } from 'vitest';
import { PodDisruptionBudget } from '../../../src/api/administration.js';
import { ConfigMap, Deployment, Eviction, Pod } from '../../../src/api/kubernetes.js';
import { controllerReference } from '../../../src/api/meta/kind.js';
import { ApiError } from '../../../src/cluster/errors.js';
import { mergePatch } from '../../../src/cluster/patch.js';
import { type Case, createBoundPod, createPod, eventually, outcome, type World } from '../case.js';

type Spec = NonNullable<PodDisruptionBudget['spec']>;

const selector = { matchLabels: { app: 'web' } };
const ref = ({ namespace }: World, name = 'p') => ({ namespace, name });
const metadata = (world: World, name: string) => ({ ...ref(world, name), labels: { app: 'web' } });

const createBudget = (world: World, spec: Spec, name = 'budget') =>
  world.cluster.create(PodDisruptionBudget, { metadata: ref(world, name), spec: { selector, ...spec } });
const evict = (world: World, name: string, deleteOptions = {}) =>
  world.cluster.create(Eviction, { metadata: ref(world, name), deleteOptions });

async function setPhase({ cluster, namespace }: World, name: string, phase: string, ready: 'True' | 'False') {
  const conditions = [{ type: 'Ready', status: ready, lastTransitionTime: '2026-01-01T00:00:00Z' }];
  const patch = mergePatch({ status: { phase, conditions } });
  await cluster.patch(Pod, { namespace, name }, patch, { subresource: 'status' });
}

/** A pod that runs on a node, Ready or not. */
async function runPod(world: World, name: string, ready: 'True' | 'False' = 'True') {
  await createBoundPod(world, { metadata: metadata(world, name) });
  await setPhase(world, name, 'Running', ready);
}

/** Waits until the controller has come to this. */
const says = (world: World, wanted: Readonly<Record<string, unknown>>, name = 'budget') =>
  eventually(`the budget says ${JSON.stringify(wanted)}`, async () => {
    const budget = await world.cluster.get(PodDisruptionBudget, ref(world, name));
    const { status } = budget;
    const isSo = Object.entries(wanted).every(([field, value]) => status && Reflect.get(status, field) === value);
    return isSo && status?.observedGeneration === budget.metadata.generation ? status : undefined;
  });

/** What the server gives as the reasons of a refusal, and for how long it asks to wait. */
async function refusal(call: Promise<unknown>) {
  const error: unknown = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ApiError)) throw new Error('it was not refused');
  const { code, reason, message, causes, retryAfter } = error;
  return { code, reason, message, causes: causes.map((cause) => [cause.reason, cause.message]), retryAfter };
}

const violates = "Cannot evict pod as it would violate the pod's disruption budget.";

const specs: readonly (readonly [string, Spec, string])[] = [
  ['no amount', {}, 'ok'],
  ['a number', { minAvailable: 0 }, 'ok'],
  ['a share', { maxUnavailable: '100%' }, 'ok'],
  ['both amounts', { minAvailable: 1, maxUnavailable: 1 }, '422 Invalid spec'],
  ['a negative number', { minAvailable: -1 }, '422 Invalid spec.minAvailable'],
  ['a number as a text', { maxUnavailable: '1' }, '422 Invalid spec.maxUnavailable'],
  ['more than all', { minAvailable: '101%' }, '422 Invalid spec.minAvailable'],
  ['a part of a pod', { minAvailable: 0.5 }, '400 BadRequest'],
  ['an empty selector', { selector: {} }, 'ok'],
  ['a label that cannot be', { selector: { matchLabels: { 'a b': 'c' } } }, '422 Invalid spec.selector.matchLabels'],
  [
    'expressions that cannot be',
    {
      selector: {
        matchExpressions: [
          { key: 'a', operator: 'In' },
          { key: 'a', operator: 'Exists', values: ['b'] },
          { key: 'a b', operator: 'Gt', values: ['c d'] },
        ],
      },
    },
    '422 Invalid spec.selector.matchExpressions[0].values spec.selector.matchExpressions[1].values spec.selector.matchExpressions[2].key spec.selector.matchExpressions[2].operator spec.selector.matchExpressions[2].values[0]',
  ],
  ['a policy', { unhealthyPodEvictionPolicy: 'AlwaysAllow' }, 'ok'],
  ['an unknown policy', { unhealthyPodEvictionPolicy: 'Never' }, '422 Invalid spec.unhealthyPodEvictionPolicy'],
];

const controllers = true as const;

export const disruptionBudgets: readonly Case[] = [
  ...specs.map(
    ([what, spec, expected]): Case => ({
      name: `a budget with ${what}`,
      async run(world) {
        expect(await outcome(createBudget(world, spec))).toBe(expected);
      },
    }),
  ),
  {
    name: 'a new budget says nothing of pods; its spec counts generations, its status does not',
    async run(world) {
      const { cluster } = world;
      const status = { disruptionsAllowed: 3, currentHealthy: 3, desiredHealthy: 3, expectedPods: 3 };
      const draft = { metadata: ref(world), spec: { selector, minAvailable: 1 }, status };
      const made = await cluster.create(PodDisruptionBudget, draft);
      expect([made.metadata.generation, made.status]).toEqual([
        1,
        { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 },
      ]);
      const patch = (body: object, subresource?: 'status') =>
        cluster.patch(PodDisruptionBudget, ref(world), mergePatch(body), subresource ? { subresource } : {});
      expect((await patch({ spec: { minAvailable: 2 } })).metadata.generation).toBe(2);
      expect((await patch({ status: { expectedPods: 7 } }, 'status')).metadata.generation).toBe(2);
      expect(await outcome(patch({ status: { currentHealthy: -1 } }, 'status'))).toBe(
        '422 Invalid status.currentHealthy',
      );
      expect(await outcome(patch({ spec: { maxUnavailable: 2 } }))).toBe('422 Invalid spec');
      const unversioned = { ...made, metadata: { ...made.metadata, resourceVersion: '' } };
      expect(await outcome(cluster.replace(PodDisruptionBudget, unversioned))).toBe(
        '422 Invalid metadata.resourceVersion',
      );
    },
  },
  {
    name: 'an eviction costs the budget a disruption, and the next one is refused',
    controllers,
    async run(world) {
      await runPod(world, 'p');
      await runPod(world, 'q');
      await createBudget(world, { minAvailable: 1 });
      await says(world, { expectedPods: 2, currentHealthy: 2, desiredHealthy: 1, disruptionsAllowed: 1 });
      await evict(world, 'p');
      const { metadata: left, status } = await world.cluster.get(Pod, ref(world));
      expect(left.deletionTimestamp).toBeDefined();
      expect(status?.conditions).toContainEqual(
        expect.objectContaining({ type: 'DisruptionTarget', status: 'True', reason: 'EvictionByEvictionAPI' }),
      );
      expect(await outcome(evict(world, 'q'))).toBe('429 TooManyRequests');
      // the controller strikes the pod from those that are about to go
      const seen = { currentHealthy: 1, disruptionsAllowed: 0, disruptedPods: undefined };
      const { conditions } = await says(world, seen);
      expect(conditions).toEqual([
        expect.objectContaining({ type: 'DisruptionAllowed', status: 'False', reason: 'InsufficientPods' }),
      ]);
      expect(await refusal(evict(world, 'q'))).toEqual({
        code: 429,
        reason: 'TooManyRequests',
        message: violates,
        causes: [['DisruptionBudget', 'The disruption budget budget needs 1 healthy pods and has 1 currently']],
        retryAfter: undefined,
      });
      // what ends already is not refused
      expect(await outcome(evict(world, 'p'))).toBe('ok');
    },
  },
  {
    name: 'pods that wait or have ended are evicted whatever their budget says',
    controllers,
    async run(world) {
      await createBudget(world, { minAvailable: '100%' });
      await createPod(world, { metadata: metadata(world, 'p') });
      await createBoundPod(world, { metadata: metadata(world, 'q') });
      await createBoundPod(world, { metadata: metadata(world, 'r') });
      await setPhase(world, 'r', 'Failed', 'False');
      expect(await outcome(evict(world, 'p'))).toBe('ok');
      expect(await outcome(evict(world, 'q'))).toBe('ok');
      expect(await outcome(evict(world, 'r'))).toBe('ok');
      expect(await outcome(world.cluster.get(Pod, ref(world)))).toBe('404 NotFound');
    },
  },
  {
    name: 'a pod with two budgets is not evicted',
    async run(world) {
      await runPod(world, 'p');
      await createBudget(world, { minAvailable: 0 });
      await createBudget(world, { minAvailable: 0, selector: {} }, 'another');
      expect(await refusal(evict(world, 'p'))).toEqual({
        code: 500,
        reason: 'InternalError',
        message: 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
        causes: [],
        retryAfter: undefined,
      });
    },
  },
  {
    name: 'a budget without a selector selects nothing',
    async run(world) {
      await runPod(world, 'p');
      await world.cluster.create(PodDisruptionBudget, { metadata: ref(world, 'budget'), spec: { minAvailable: 1 } });
      expect(await outcome(evict(world, 'p'))).toBe('ok');
    },
  },
  {
    name: 'a pod that is not Ready goes when there are enough without it',
    controllers,
    async run(world) {
      await runPod(world, 'p', 'False');
      await createBudget(world, { minAvailable: 1 });
      await says(world, { expectedPods: 1, currentHealthy: 0, desiredHealthy: 1 });
      expect(await outcome(evict(world, 'p'))).toBe('429 TooManyRequests');
      await runPod(world, 'q');
      await says(world, { expectedPods: 2, currentHealthy: 1, disruptionsAllowed: 0 });
      expect(await outcome(evict(world, 'q'))).toBe('429 TooManyRequests');
      expect(await outcome(evict(world, 'p'))).toBe('ok');
    },
  },
  {
    name: 'a pod that is not Ready goes where the policy is AlwaysAllow',
    controllers,
    async run(world) {
      await runPod(world, 'p', 'False');
      await createBudget(world, { minAvailable: 1, unhealthyPodEvictionPolicy: 'AlwaysAllow' });
      await says(world, { expectedPods: 1, currentHealthy: 0, desiredHealthy: 1 });
      expect(await outcome(evict(world, 'p'))).toBe('ok');
    },
  },
  {
    name: 'an eviction that is only tried costs nothing',
    controllers,
    async run(world) {
      const { cluster } = world;
      await runPod(world, 'p');
      await runPod(world, 'q');
      await createBudget(world, { minAvailable: 1 });
      await says(world, { disruptionsAllowed: 1 });
      await cluster.create(Eviction, { metadata: ref(world) }, { dryRun: true });
      await evict(world, 'p', { dryRun: ['All'] });
      const budget = await cluster.get(PodDisruptionBudget, ref(world, 'budget'));
      expect(budget.status?.disruptionsAllowed).toBe(1);
      expect((await cluster.get(Pod, ref(world))).metadata.deletionTimestamp).toBeUndefined();
      expect(await outcome(evict(world, 'p', { dryRun: ['All'], preconditions: { uid: 'other' } }))).toBe(
        '409 Conflict',
      );
    },
  },
  {
    name: 'an eviction of another pod of that name is refused, and its budget charged all the same',
    controllers,
    async run(world) {
      await runPod(world, 'p');
      await runPod(world, 'q');
      await createBudget(world, { minAvailable: 1 });
      await says(world, { disruptionsAllowed: 1 });
      expect(await outcome(evict(world, 'p', { preconditions: { uid: 'other' } }))).toBe('409 Conflict');
      const { disruptedPods } = await says(world, { disruptionsAllowed: 0, currentHealthy: 1 });
      expect(disruptedPods).toEqual({ p: expect.any(String) });
      expect(await outcome(evict(world, 'p'))).toBe('429 TooManyRequests');
    },
  },
  {
    name: 'shares are of the replicas that a Deployment wants, and rounded up',
    controllers,
    async run(world) {
      const { cluster, namespace } = world;
      const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'i' }] } };
      await cluster.create(Deployment, { metadata: ref(world), spec: { replicas: 4, selector, template } });
      const pods = await eventually('the Deployment has its pods', async () => {
        const { items } = await cluster.list(Pod, { namespace });
        return items.length === 4 ? items : undefined;
      });
      await createBudget(world, { maxUnavailable: '30%' });
      await says(world, { expectedPods: 4, desiredHealthy: 2, currentHealthy: 0, disruptionsAllowed: 0 });
      for (const pod of pods.slice(1)) await setPhase(world, pod.metadata.name, 'Running', 'True');
      const { conditions } = await says(world, { currentHealthy: 3, disruptionsAllowed: 1 });
      expect(conditions).toEqual([
        expect.objectContaining({ type: 'DisruptionAllowed', status: 'True', reason: 'SufficientPods' }),
      ]);
      await cluster.patch(
        PodDisruptionBudget,
        ref(world, 'budget'),
        mergePatch({ spec: { maxUnavailable: null, minAvailable: '30%' } }),
      );
      await says(world, { expectedPods: 4, desiredHealthy: 2, disruptionsAllowed: 1 });
    },
  },
  {
    name: 'pods without a controller are not counted in terms of replicas',
    controllers,
    async run(world) {
      await runPod(world, 'p');
      await createBudget(world, { maxUnavailable: 1 });
      await says(world, { expectedPods: 0, desiredHealthy: 0, currentHealthy: 1, disruptionsAllowed: 0 });
      expect((await refusal(evict(world, 'p'))).causes).toEqual([
        ['DisruptionBudget', 'The disruption budget budget does not allow evicting pods currently'],
      ]);
    },
  },
  {
    name: 'a controller without a scale makes a budget in terms of replicas fail',
    controllers,
    async run(world) {
      const { cluster, namespace } = world;
      const owner = await cluster.create(ConfigMap, { metadata: ref(world, 'owner') });
      const ownerReferences = [controllerReference(ConfigMap, owner)];
      await createBoundPod(world, { metadata: { name: 'p', namespace, labels: { app: 'web' }, ownerReferences } });
      await setPhase(world, 'p', 'Running', 'True');
      await createBudget(world, { maxUnavailable: 1 });
      const [condition] = await eventually('the budget says what fails', async () => {
        const { status } = await cluster.get(PodDisruptionBudget, ref(world, 'budget'));
        return status?.conditions;
      });
      expect(condition).toMatchObject({ type: 'DisruptionAllowed', status: 'False', reason: 'SyncFailed' });
      expect(await refusal(evict(world, 'p'))).toEqual({
        code: 429,
        reason: 'TooManyRequests',
        message: violates,
        causes: [['DisruptionBudget', 'The disruption budget budget is still being processed by the server.']],
        retryAfter: 10_000,
      });
    },
  },
];
