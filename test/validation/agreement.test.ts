import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  containerClaim,
  containerMigration,
  containerPool,
  definitions,
  productionLine,
} from '../../src/api/definitions.js';
import type { Definition } from '../../src/api/definition.js';
import type { Draft, Resource } from '../../src/api/meta/resource.js';
import type { Cluster } from '../../src/cluster/cluster.js';
import { checkCrds, installCrds } from '../../src/cluster/crds.js';
import { ApiError } from '../../src/cluster/errors.js';
import { mergePatch } from '../../src/cluster/patch.js';
import { type Connection, connect } from '../../src/cluster/kubernetes/index.js';
import { EmbeddedCluster } from '../../src/embedded/index.js';
import { silentLogger } from '../../src/support/log.js';
import { seededRandom } from '../../src/support/random.js';
import { WallClock } from '../../src/support/wall-clock.js';
import { controlPlane, lacks } from '../control-plane/binaries.js';
import { ControlPlane } from '../control-plane/control-plane.js';
import { oddlyChanged, wrongClaims, wrongLines, wrongMigrations, wrongPools } from './mutations.js';
import { withValue } from './with-value.js';
import { type Json, type Manifest, validClaim, validLine, validMigration, validPool } from './objects.js';

/** What a cluster says of an object: nothing where it accepts it, else the fields that it names. */
type Verdict =
  | { readonly accepted: true; readonly spec: unknown }
  | { readonly accepted: false; readonly fields: ReadonlySet<string>; readonly words: string };

describe.skipIf(lacks(controlPlane, 'the embedded cluster and an API server refuse the same objects'))(
  'an API server and the embedded cluster',
  () => {
    const clock = new WallClock();
    let plane: ControlPlane;
    let connection: Connection;
    let clusters: readonly [real: Cluster, embedded: Cluster];

    beforeAll(async () => {
      plane = await ControlPlane.start();
      connection = await connect({ kubeconfig: plane.kubeconfig }, { clock, logger: silentLogger });
      const embedded = new EmbeddedCluster({ clock, random: seededRandom('agreement') });
      clusters = [connection.cluster, embedded];
      for (const cluster of clusters) await installCrds(cluster, clock);
    });
    afterAll(async () => {
      connection?.close();
      await plane?.stop();
    });

    const judge = async (act: (cluster: Cluster) => Promise<Resource>) =>
      Promise.all(clusters.map((cluster) => verdictOf(act(cluster))));

    const create = ({ kind }: Definition, object: Json) =>
      judge((cluster) => cluster.create(kind, draft(object), { dryRun: true }));

    it('have the same kinds', async () => {
      for (const cluster of clusters) {
        expect((await checkCrds(cluster)).map(({ kind, state }) => [kind, state])).toEqual(
          definitions.map(({ kind }) => [kind.name, 'ok']),
        );
      }
    });

    describe.each([
      { definition: containerClaim, valid: validClaim, wrong: wrongClaims },
      { definition: containerPool, valid: validPool, wrong: wrongPools },
      { definition: productionLine, valid: validLine, wrong: wrongLines },
      { definition: containerMigration, valid: validMigration, wrong: wrongMigrations },
    ])('$definition.kind.name', ({ definition, valid, wrong }) => {
      it('take what is right, with the same defaults', async () => {
        await fc.assert(
          fc.asyncProperty(valid, async (object) => {
            const [real, embedded] = await create(definition, object);
            expect(real).toMatchObject({ accepted: true });
            expect(embedded).toEqual(real);
          }),
          { numRuns: 150, seed: 1 },
        );
      });

      it.each(wrong)('refuse $what, and name the same field', async ({ apply }) => {
        await fc.assert(
          fc.asyncProperty(valid, async (object) => {
            const [real, embedded] = await create(definition, apply(object));
            expect(real).toMatchObject({ accepted: false });
            expect(difference(real, embedded)).toBeUndefined();
          }),
          { numRuns: 5, seed: 1 },
        );
      });

      it('judge odd values alike', async () => {
        await fc.assert(
          fc.asyncProperty(oddlyChanged(valid), async (object) => {
            const [real, embedded] = await create(definition, object);
            expect(difference(real, embedded)).toBeUndefined();
          }),
          { numRuns: 500, seed: 1 },
        );
      });
    });

    it.each([
      ['a count', { items: [{ count: 4 }] }],
      ['a minimum that was not there', { minAvailable: 1 }],
      ['a default that is spelled out', { whenEmpty: 'Wait' }],
      ['another answer to an empty stock', { whenEmpty: 'Fail' }],
      ['the pool', { pool: { name: 'other' } }],
      ['the order of variables', { items: [{ count: 3, env: [{ name: 'B', value: '' }, { name: 'A' }] }] }],
      ['the order of items', { items: [{ count: 1 }, { count: 3, env: [{ name: 'A' }, { name: 'B' }] }] }],
    ])('judge alike, in a claim that is there, a change of %s', async (what, spec) => {
      const name = what.replaceAll(' ', '-');
      const claim = draft({ ...envelope, metadata: { name, namespace: 'default' } });
      for (const cluster of clusters) await cluster.create(containerClaim.kind, claim);
      const [real, embedded] = await judge((cluster) =>
        cluster.patch(containerClaim.kind, { namespace: 'default', name }, mergePatch({ spec }), { dryRun: true }),
      );
      expect(difference(real, embedded)).toBeUndefined();
    });

    it.each([
      ['paused', { paused: true }],
      ['a deadline', { deadline: '1m' }],
      ['its end', { cancelled: true }],
      ['a default that is spelled out', { order: 'Oldest' }],
      ['the order', { order: 'Newest' }],
      ['the count', { count: 3 }],
      ['no count', { count: null }],
      ['a tenant', { tenant: 'blue' }],
      ['the target', { to: { kind: 'ContainerClaim', name: 'other' } }],
    ])('judge alike, in a migration that is there, a change of %s', async (what, spec) => {
      const name = what.replaceAll(' ', '-');
      const from = { kind: 'ContainerPool', name: 'a' };
      const migration = draft({
        ...envelope,
        kind: 'ContainerMigration',
        metadata: { name, namespace: 'default' },
        spec: { from, to: { kind: 'ContainerClaim', name: 'b' }, count: 2 },
      });
      for (const cluster of clusters) await cluster.create(containerMigration.kind, migration);
      const [real, embedded] = await judge((cluster) =>
        cluster.patch(containerMigration.kind, { namespace: 'default', name }, mergePatch({ spec }), { dryRun: true }),
      );
      expect(difference(real, embedded)).toBeUndefined();
    });
  },
);

const envelope = withValue({ apiVersion: 'penstock.dev/v1alpha1', kind: 'ContainerClaim' }, ['spec'], {
  pool: { name: 'web' },
  items: [{ count: 3, env: [{ name: 'A' }, { name: 'B' }] }],
}) as Manifest;

/** What is sent may well be no such thing: that is the point. */
const draft = (object: Json) => object as unknown as Draft<Resource>;

/** The server says `<nil>` where it has no field, and `.spec.replicas` of what its scale subresource shows. */
const fieldNamed = (field: string) => (field === '<nil>' ? '' : field.replace(/^\./, ''));

async function verdictOf(answer: Promise<Resource>): Promise<Verdict> {
  try {
    const object = await answer;
    return { accepted: true, spec: 'spec' in object ? object.spec : undefined };
  } catch (error) {
    if (!(error instanceof ApiError) || error.code >= 500) throw error;
    const named = error.causes.flatMap(({ field = '' }) => field);
    const unknown = [...error.message.matchAll(/unknown field "([^"]+)"/g)].map(([, field = '']) => field);
    return {
      accepted: false,
      fields: new Set([...named, ...unknown].map(fieldNamed).filter((field) => field !== '')),
      words: error.message,
    };
  }
}

/** What the two judge differently. The embedded cluster may name more fields than the server, and say more of them. */
function difference(real: Verdict | undefined, embedded: Verdict | undefined): string | undefined {
  if (!real || !embedded) return 'one of them is missing';
  if (real.accepted && embedded.accepted) return undefined;
  if (real.accepted || embedded.accepted) return `one takes it: ${JSON.stringify({ real, embedded })}`;
  // the server sees unknown fields also in what should be no object at all
  const named = (field: string) => [...embedded.fields].some((ours) => field === ours || field.startsWith(`${ours}.`));
  const missing = [...real.fields].filter((field) => !named(field));
  return missing.length === 0 ? undefined : `${missing.join(', ')}\nreal: ${real.words}\nembedded: ${embedded.words}`;
}
