import { expect } from 'vitest';
import { ConfigMap, Namespace, Pod } from '../../../src/api/kubernetes.js';
import { controllerReference } from '../../../src/api/meta/kind.js';
import { mergePatch } from '../../../src/cluster/patch.js';
import { type Case, createPod, eventually, outcome, type World } from '../case.js';

const make = (
  { cluster, namespace }: World,
  name: string,
  owners: readonly ConfigMap[] = [],
  finalizers: string[] = [],
) =>
  cluster.create(ConfigMap, {
    metadata: {
      name,
      namespace,
      finalizers,
      ownerReferences: owners.map((owner) => {
        const { controller: _, ...reference } = controllerReference(ConfigMap, owner);
        return reference;
      }),
    },
  });

const get = ({ cluster, namespace }: World, name: string) => cluster.get(ConfigMap, { namespace, name });
const exists = (world: World, name: string) => outcome(get(world, name)).then((result) => result === 'ok');
const remove = ({ cluster, namespace }: World, name: string, propagation: 'Background' | 'Foreground' | 'Orphan') =>
  cluster.remove(ConfigMap, { namespace, name }, { propagation });
const goes = (world: World, name: string) =>
  eventually(`${name} is collected`, async () => ((await exists(world, name)) ? undefined : true));
/** Long enough for a collector to have done what it should not do. */
const aWhile = () => new Promise((resolve) => setTimeout(resolve, 1500));

const controllers = true as const;

export const garbage: readonly Case[] = [
  {
    name: 'background: the owner goes at once, what it owns afterwards',
    controllers,
    async run(world) {
      const owner = await make(world, 'owner');
      await make(world, 'owned', [owner]);
      expect(await remove(world, 'owner', 'Background')).toBeUndefined();
      expect(await exists(world, 'owner')).toBe(false);
      await goes(world, 'owned');
    },
  },
  {
    name: 'background: down a chain of owners',
    controllers,
    async run(world) {
      const a = await make(world, 'a');
      const b = await make(world, 'b', [a]);
      await make(world, 'c', [b]);
      await remove(world, 'a', 'Background');
      await goes(world, 'b');
      await goes(world, 'c');
    },
  },
  {
    name: 'pods go with their owner',
    controllers,
    async run(world) {
      const owner = await make(world, 'owner');
      await createPod(world, {
        metadata: { name: 'p', namespace: world.namespace, ownerReferences: [controllerReference(ConfigMap, owner)] },
      });
      await remove(world, 'owner', 'Background');
      await eventually('the pod is collected', async () =>
        (await outcome(world.cluster.get(Pod, { namespace: world.namespace, name: 'p' }))) === 'ok' ? undefined : true,
      );
    },
  },
  {
    name: 'foreground: the owner waits, terminating, for what it owns',
    controllers,
    async run(world) {
      const owner = await make(world, 'owner');
      await make(world, 'owned', [owner], ['a.test/a']);
      const waiting = await remove(world, 'owner', 'Foreground');
      expect(waiting?.metadata.finalizers).toEqual(['foregroundDeletion']);
      expect(waiting?.metadata.deletionTimestamp).toBeDefined();
      await eventually('the owned is terminating', async () => (await get(world, 'owned')).metadata.deletionTimestamp);
      expect(await exists(world, 'owner')).toBe(true);
      await world.cluster.patch(
        ConfigMap,
        { namespace: world.namespace, name: 'owned' },
        mergePatch({ metadata: { finalizers: null } }),
      );
      await goes(world, 'owner');
      expect(await exists(world, 'owned')).toBe(false);
    },
  },
  {
    name: 'foreground: the owner does not wait for what does not block it',
    controllers,
    async run(world) {
      const owner = await make(world, 'owner');
      const { controller: _, ...reference } = controllerReference(ConfigMap, owner);
      await world.cluster.create(ConfigMap, {
        metadata: {
          name: 'owned',
          namespace: world.namespace,
          finalizers: ['a.test/a'],
          ownerReferences: [{ ...reference, blockOwnerDeletion: false }],
        },
      });
      await remove(world, 'owner', 'Foreground');
      await goes(world, 'owner');
      expect(await exists(world, 'owned')).toBe(true);
    },
  },
  {
    name: 'orphan: what it owned stays, without the reference',
    controllers,
    async run(world) {
      const owner = await make(world, 'owner');
      const other = await make(world, 'other');
      await make(world, 'owned', [owner, other]);
      const waiting = await remove(world, 'owner', 'Orphan');
      expect(waiting === undefined || waiting.metadata.finalizers?.includes('orphan')).toBe(true);
      await goes(world, 'owner');
      const owned = await get(world, 'owned');
      expect(owned.metadata.ownerReferences?.map(({ name }) => name)).toEqual(['other']);
      await aWhile();
      expect(await exists(world, 'owned')).toBe(true);
    },
  },
  {
    name: 'with two owners it stays until the second goes, and loses the reference to the first',
    controllers,
    async run(world) {
      const [a, b] = [await make(world, 'a'), await make(world, 'b')];
      await make(world, 'owned', [a, b]);
      await remove(world, 'a', 'Background');
      await eventually('the reference to a is dropped', async () => {
        const { ownerReferences } = (await get(world, 'owned')).metadata;
        return ownerReferences?.length === 1 ? true : undefined;
      });
      await remove(world, 'b', 'Background');
      await goes(world, 'owned');
    },
  },
  {
    name: 'an owner of that name with another uid does not count',
    controllers,
    async run(world) {
      const owner = await make(world, 'owner');
      const stale = { ...owner, metadata: { ...owner.metadata, uid: '00000000-0000-4000-8000-000000000000' } };
      await make(world, 'owned', [stale]);
      await goes(world, 'owned');
      expect(await exists(world, 'owner')).toBe(true);
    },
  },
  {
    name: 'what names an owner that never was is collected',
    controllers,
    async run(world) {
      const owner = await make(world, 'owner');
      const never = {
        ...owner,
        metadata: { ...owner.metadata, name: 'never', uid: '00000000-0000-4000-8000-000000000001' },
      };
      await make(world, 'owned', [never]);
      await goes(world, 'owned');
    },
  },
  {
    name: 'what has an owner that lives stays',
    controllers,
    async run(world) {
      const owner = await make(world, 'owner');
      await make(world, 'owned', [owner]);
      await aWhile();
      expect(await exists(world, 'owned')).toBe(true);
    },
  },
  {
    name: 'an object in the hands of a new owner does not go with the old one',
    controllers,
    async run(world) {
      const [a, b] = [await make(world, 'a'), await make(world, 'b')];
      await make(world, 'owned', [a]);
      const { controller: _, ...reference } = controllerReference(ConfigMap, b);
      await world.cluster.patch(
        ConfigMap,
        { namespace: world.namespace, name: 'owned' },
        mergePatch({ metadata: { ownerReferences: [reference] } }),
      );
      await remove(world, 'a', 'Background');
      await aWhile();
      expect(await exists(world, 'owned')).toBe(true);
    },
  },
  {
    name: 'a namespace takes what is in it with it, and nothing new meanwhile',
    controllers,
    async run({ cluster, namespace }) {
      const own = `${namespace}-own`;
      await cluster.create(Namespace, { metadata: { name: own } });
      await cluster.create(ConfigMap, { metadata: { name: 'a', namespace: own, finalizers: ['a.test/a'] } });
      await cluster.create(Pod, {
        metadata: { name: 'p', namespace: own },
        spec: { containers: [{ name: 'c', image: 'i' }] },
      });
      const terminating = await cluster.remove(Namespace, { name: own });
      expect(terminating?.status?.phase).toBe('Terminating');
      expect(await outcome(cluster.create(ConfigMap, { metadata: { name: 'b', namespace: own } }))).toMatch(
        /^403 Forbidden/,
      );
      await eventually('the pod is gone', async () =>
        (await outcome(cluster.get(Pod, { namespace: own, name: 'p' }))) === 'ok' ? undefined : true,
      );
      await cluster.patch(ConfigMap, { namespace: own, name: 'a' }, mergePatch({ metadata: { finalizers: null } }));
      await eventually('the namespace is gone', async () =>
        (await outcome(cluster.get(Namespace, { name: own }))) === 'ok' ? undefined : true,
      );
    },
  },
];
