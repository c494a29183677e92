import { beforeEach, expect, it } from 'vitest';
import { customResourceDefinitions, schemaAnnotations } from '../api/crds.js';
import { ContainerClaim } from '../api/container-claim.js';
import { CustomResourceDefinition } from '../api/kubernetes.js';
import { EmbeddedCluster } from '../embedded/index.js';
import { seededRandom } from '../support/random.js';
import { hour } from '../support/time.js';
import { VirtualClock } from '../support/virtual-clock.js';
import type { Cluster } from './cluster.js';
import { checkCrds, installCrds, removeCrds, requireCrds } from './crds.js';
import { Conflict } from './errors.js';
import { mergePatch } from './patch.js';

const name = 'containerclaims.penstock.dev';
let clock: VirtualClock;
let cluster: EmbeddedCluster;

beforeEach(() => {
  clock = new VirtualClock();
  cluster = new EmbeddedCluster({ clock, random: seededRandom('crds') });
});

const annotate = (annotations: Record<string, string | null>) =>
  cluster.patch(CustomResourceDefinition, { name }, mergePatch({ metadata: { annotations } }));
const states = async () => (await checkCrds(cluster)).map(({ state }) => state);
/** Of each kind. */
const all = (word: string) => customResourceDefinitions.map(() => word);
/** Of claims, and of all others. */
const butClaims = (word: string, others: string) =>
  customResourceDefinitions.map(({ metadata }) => (metadata.name === name ? word : others));
const claim = {
  metadata: { name: 'c', namespace: 'default' },
  spec: { pool: { name: 'p' }, items: [{ count: 1 }], whenEmpty: 'Wait' },
} as const;

it('installs what is missing, and nothing twice', async () => {
  expect(await states()).toEqual(all('missing'));
  await expect(requireCrds(cluster)).rejects.toMatchObject({
    code: 'CRDS_MISSING',
    exitCode: 9,
    hint: 'run: penstock install --crds',
  });
  expect((await installCrds(cluster, clock)).map(({ change }) => change)).toEqual(all('created'));
  expect(await states()).toEqual(all('ok'));
  await requireCrds(cluster);
  expect((await installCrds(cluster, clock)).map(({ change }) => change)).toEqual(all('unchanged'));
  await cluster.create(ContainerClaim, claim);
});

it.each([
  ['older', 'no annotation at all', { [schemaAnnotations.revision]: null, [schemaAnnotations.fingerprint]: null }],
  ['older', 'another schema of the same revision', { [schemaAnnotations.fingerprint]: '0123456789' }],
])('updates an %s one, with %s, and keeps what others added', async (state, _, annotations) => {
  await installCrds(cluster, clock);
  await annotate({ ...annotations, 'example.com/owner': 'team' });
  expect(await states()).toEqual(butClaims(state, 'ok'));
  await expect(requireCrds(cluster)).rejects.toMatchObject({ code: 'CRDS_OLDER' });
  expect((await installCrds(cluster, clock)).map(({ change }) => change)).toEqual(butClaims('updated', 'unchanged'));
  const installed = await cluster.get(CustomResourceDefinition, { name });
  expect(installed.metadata.annotations).toMatchObject({
    'example.com/owner': 'team',
    ...customResourceDefinitions[1]?.metadata.annotations,
  });
});

it('leaves a newer one alone', async () => {
  await installCrds(cluster, clock);
  await annotate({ [schemaAnnotations.revision]: '999' });
  expect(await states()).toEqual(butClaims('newer', 'ok'));
  await requireCrds(cluster);
  await expect(installCrds(cluster, clock)).rejects.toMatchObject({ code: 'CRDS_NEWER', exitCode: 7 });
});

it('tries again when somebody else writes in between, but not for ever', async () => {
  await installCrds(cluster, clock);
  await annotate({ [schemaAnnotations.revision]: '0' });
  let conflicts = 2;
  const contested = refusing('replace', () => (conflicts-- > 0 ? new Conflict('changed') : undefined));
  expect((await installCrds(contested, clock)).map(({ change }) => change)).toEqual(butClaims('updated', 'unchanged'));
  await annotate({ [schemaAnnotations.revision]: '0' });
  await expect(
    installCrds(
      refusing('replace', () => new Conflict('changed')),
      clock,
    ),
  ).rejects.toThrow(Conflict);
});

it('says whose names are taken, and gives up on a kind that is never served', async () => {
  const notYet = withConditions([{ type: 'Established', status: 'False' }]);
  await expect(clock.settle(installCrds(notYet, clock), hour)).rejects.toMatchObject({
    code: 'CRDS_TIMED_OUT',
    exitCode: 8,
  });
  const taken = withConditions([{ type: 'NamesAccepted', status: 'False', message: '"cpool" is already in use' }]);
  await expect(installCrds(taken, clock)).rejects.toMatchObject({
    code: 'CRDS_NAMES_TAKEN',
    message: expect.stringContaining('"cpool" is already in use'),
  });
});

it('is removed only when nothing of its kind is left', async () => {
  await removeCrds(cluster, clock);
  await installCrds(cluster, clock);
  await cluster.create(ContainerClaim, claim);
  await expect(removeCrds(cluster, clock)).rejects.toMatchObject({
    code: 'CRDS_IN_USE',
    message: 'there is still the ContainerClaim c in namespace default',
  });
  expect(await states()).toEqual(all('ok'));
  await cluster.remove(ContainerClaim, { namespace: 'default', name: 'c' });
  await removeCrds(cluster, clock);
  expect(await states()).toEqual(all('missing'));
});

/** The cluster, with one sort of call that fails as long as `refusal` says so. */
function refusing(verb: 'replace', refusal: () => Error | undefined): Cluster {
  return overlaid({
    [verb]: async (...call: Parameters<Cluster['replace']>) => {
      const error = refusal();
      if (error) throw error;
      return cluster.replace(...call);
    },
  });
}

/** The cluster, where all definitions have these conditions. */
function withConditions(conditions: readonly object[]): Cluster {
  return overlaid({
    get: async (...call: Parameters<Cluster['get']>) => ({ ...(await cluster.get(...call)), status: { conditions } }),
  });
}

function overlaid(calls: Partial<Record<keyof Cluster, unknown>>): Cluster {
  return new Proxy(cluster, {
    get(target, property) {
      const call: unknown = Reflect.get(calls, property) ?? Reflect.get(target, property);
      return typeof call === 'function' ? call.bind(target) : call;
    },
  });
}
