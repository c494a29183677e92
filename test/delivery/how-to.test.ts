/** The objects in docs/how-to/configure-containers.md, as they stand there. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { ContainerClaim } from '../../src/api/container-claim.js';
import { ContainerPool } from '../../src/api/container-pool.js';
import { customResourceDefinitions } from '../../src/api/crds.js';
import { CustomResourceDefinition, Pod, Secret } from '../../src/api/kubernetes.js';
import type { Kind } from '../../src/api/meta/kind.js';
import type { Draft, Resource } from '../../src/api/meta/resource.js';
import { annotations } from '../../src/api/names.js';
import { createEmbeddedWorld } from '../../src/embedded/index.js';
import { instant } from '../../src/embedded/nodes/index.js';
import { createOperator } from '../../src/operator/index.js';
import { isTrue } from '../../src/runtime/index.js';
import { silentLogger } from '../../src/support/log.js';
import { seededRandom } from '../../src/support/random.js';
import { second } from '../../src/support/time.js';
import { VirtualClock } from '../../src/support/virtual-clock.js';
import { admitting } from '../admission.js';

const page = 'docs/how-to/configure-containers.md';
const kinds: Readonly<Record<string, Kind<Resource>>> = { ContainerPool, ContainerClaim, Secret };

/** The page's YAML blocks, each a list of objects. */
const blocks = [...readFileSync(page, 'utf8').matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, text = '']) =>
  parseAllDocuments(text).map((document) => document.toJS() as Draft<Resource> & { readonly kind: string }),
);

it('are served as the page says', async () => {
  const clock = new VirtualClock();
  const random = seededRandom('how-to');
  const world = createEmbeddedWorld({ store: admitting(), clock, random, nodes: { count: 2, profile: instant } });
  const { cluster } = world;
  for (const crd of customResourceDefinitions) await cluster.create(CustomResourceDefinition, crd);
  const operator = createOperator({ cluster, clock, random: random.split('operator'), logger: silentLogger });
  await clock.settle(Promise.all([world.start(), operator.start()]), 10 * second);
  for (const object of blocks.flat()) {
    const kind = kinds[object.kind];
    if (!kind) throw new Error(`${page} has a ${object.kind}`);
    await cluster.create(kind, { ...object, metadata: { ...object.metadata, namespace: 'default' } });
    await clock.advance(5 * second);
  }
  const claims = (await cluster.list(ContainerClaim)).items;
  expect(claims.map(({ metadata, status }) => [metadata.name, isTrue(status?.conditions, 'Ready')])).toEqual([
    ['anns', true],
    ['both-versions', true],
    ['build', true],
    ['two-tasks', true],
  ]);
  const latched = (await cluster.list(Pod)).items.map(
    ({ metadata }) => metadata.annotations?.[annotations.latch] ?? '',
  );
  expect(latched.filter((text) => text.includes('env COMMIT=8c1f0a2\nenv TOKEN='))).toHaveLength(1);
  operator.kill();
});
