import { customResourceDefinitions } from '../../../src/api/crds.js';
import { CustomResourceDefinition, Deployment, Pod, ReplicaSet } from '../../../src/api/kubernetes.js';
import { ContainerPool } from '../../../src/api/container-pool.js';
import type { Kind } from '../../../src/api/meta/kind.js';
import { nameOf, type Resource } from '../../../src/api/meta/resource.js';
import type { Cluster } from '../../../src/cluster/cluster.js';
import { ApiError } from '../../../src/cluster/errors.js';
import { createEmbeddedWorld } from '../../../src/embedded/index.js';
import { realistic } from '../../../src/embedded/nodes/index.js';
import { createOperator } from '../../../src/operator/index.js';
import { silentLogger } from '../../../src/support/log.js';
import { seededRandom } from '../../../src/support/random.js';
import { type Duration, minute, second } from '../../../src/support/time.js';
import { VirtualClock } from '../../../src/support/virtual-clock.js';
import { admission, admitting } from '../../admission.js';
import { Journal } from '../../faults/journal.js';
import { describeMix, drawMix, type Mix, noFaults } from '../../faults/mix.js';
import { Replica } from '../../faults/replicas.js';
import { Weather } from '../../faults/weather.js';
import { Scene } from '../scene.js';
import { type Deed, drawStory, type Story } from './deeds.js';
import { endState } from './end-state.js';
import { checkSafety, type Happening } from './safety.js';

export interface Outcome {
  readonly violations: readonly string[];
  /** Containers that came into the Deployment from stock. */
  readonly handedOver: number;
  /** The faults and the story, to read beside the violations. */
  readonly told: string;
}

const namespace = 'default';
const settling: Duration = 20 * minute;
const quiet: Duration = 5 * minute;

/** One seed: a story and faults together, then the time after the faults, then all checks. */
export async function run(seed: number): Promise<Outcome> {
  const random = seededRandom(seed);
  const mix = mixOf(seed, random.split('mix'));
  const story = drawStory(random.split('story'));
  const gate = random.split('gate').pick([undefined, 'template'] as const);
  const clock = new VirtualClock();
  const end = new AbortController();
  const world = createEmbeddedWorld({
    store: mix.foreign ? { admit: admission(random.split('admission')) } : admitting(),
    clock,
    random: random.split('world'),
    nodes: { count: 4, profile: realistic },
    collectedKinds: [Pod, ReplicaSet, Deployment, ContainerPool],
  });
  const { cluster } = world;
  for (const crd of customResourceDefinitions) await cluster.create(CustomResourceDefinition, crd);
  const happenings: Happening[] = [];
  const keep = { cluster, clock, signal: end.signal };
  void follow(keep, Pod, (object, seen) => happenings.push({ of: 'pod', object, ...seen }));
  void follow(keep, ReplicaSet, (object, seen) => happenings.push({ of: 'set', object, ...seen }));
  await clock.settle(world.start(), minute);

  const journal = new Journal(clock);
  const weather = new Weather(mix, random.split('weather'), clock);
  const parts = {
    launch: createOperator,
    lease: 'penstock-operator',
    cluster,
    clock,
    logger: silentLogger,
    weather,
    journal,
    mutate: (same: Cluster) => same,
  };
  const replicas = (mix.operators === 'one' ? ['a'] : ['a', 'b']).map(
    (name) => new Replica({ ...parts, name, random: random.split(`replica/${name}`) }),
  );
  const scene = new Scene({ cluster, namespace, image: 'web:1' });
  const taken = new Set<string>();
  const start = clock.now();
  for (const deed of story.deeds)
    clock.at(start + deed.at, () => void perform(deed, { scene, cluster, taken, ...(gate && { gate }) }));
  for (const replica of replicas) replica.start();

  await clock.advance(story.length + second);
  weather.clear();
  weather.allowDeletions();
  if (mix.operators === 'both') for (const replica of replicas.slice(1)) replica.retire();
  const rests = await comesToRest(clock, journal);
  happenings.sort((a, b) => a.version - b.version);
  const { violations, handedOver } = checkSafety({ happenings, taken, ...knowledge(mix) });
  const state = await endState(scene, story);
  for (const replica of replicas) replica.retire();
  end.abort();
  return {
    violations: [...(rests ? [] : ['the operator still writes, long after the last change']), ...violations, ...state],
    handedOver,
    told: tell(seed, mix, gate, story),
  };
}

/** One run in four has no faults: what fails there is no matter of faults at all. */
const mixOf = (seed: number, random: Parameters<typeof drawMix>[0]): Mix =>
  seed % 4 === 0 ? noFaults : { ...drawMix(random), collector: true };

/**
 * What is written late by a process that has died since, or by another that is active, no operator can know before it
 * acts: then the ReplicaSet gets one too many, and deletes it.
 */
function knowledge(mix: Mix): { readonly staleness: Duration; readonly exact: boolean } {
  const exact = mix.operators === 'one' && (mix.late === 0 || mix.crashWithin === 0);
  return { exact, staleness: mix === noFaults ? second : 30 * second };
}

async function comesToRest(clock: VirtualClock, journal: Journal): Promise<boolean> {
  const limit = clock.now() + settling;
  while (clock.now() < limit) {
    await clock.advance(10 * second);
    if (clock.now() - Math.max(journal.lastWrite, limit - settling) >= quiet) return true;
  }
  return false;
}

interface Stage {
  readonly scene: Scene;
  readonly cluster: Cluster;
  readonly taken: Set<string>;
  readonly gate?: 'template';
}

/** What is there already, or is not there (any more), is let be. */
async function perform(deed: Deed, stage: Stage): Promise<void> {
  try {
    await act(deed, stage);
  } catch (error) {
    if (!(error instanceof ApiError) || (error.code !== 404 && error.code !== 409)) throw error;
  }
}

function act(deed: Deed, { scene, cluster, taken, gate }: Stage): Promise<void> {
  switch (deed.do) {
    case 'scale':
      return scene.scale(deed.replicas);
    case 'roll-out':
      return scene.rollOut(deed.image);
    case 'hold-roll-out':
      return scene.holdRollOut(deed.paused);
    case 'annotate':
      return scene.annotate(deed.pool);
    case 'size-stock':
      return scene.sizeStock(deed.replicas);
    case 'refill':
      return deed.paused ? scene.pauseRefill() : scene.resumeRefill();
    case 'drop':
      return scene.drop(deed.what);
    case 'deploy':
      return scene.deploy(deed.replicas, gate ? { gate } : {});
    case 'stock':
      return scene.stock(deed.replicas);
    case 'lose':
      return lose(deed.which, cluster, taken);
  }
}

async function lose(which: number, cluster: Cluster, taken: Set<string>): Promise<void> {
  const { items } = await cluster.list(Pod, { namespace });
  const victim = items[Math.floor(which * items.length)];
  if (!victim) return;
  taken.add(victim.metadata.name);
  await cluster.remove(Pod, nameOf(victim));
}

interface Keeping {
  readonly cluster: Cluster;
  readonly clock: VirtualClock;
  readonly signal: AbortSignal;
}

async function follow<T extends Resource>(
  { cluster, clock, signal }: Keeping,
  kind: Kind<T>,
  keep: (object: T, seen: Pick<Happening, 'type' | 'version' | 'at'>) => void,
): Promise<void> {
  for await (const event of cluster.watch(kind, { since: '1' }, { signal })) {
    if (event.type === 'BOOKMARK') continue;
    const { type, object } = event;
    keep(object, { type, version: Number(object.metadata.resourceVersion), at: clock.now() });
  }
}

function tell(seed: number, mix: Mix, gate: string | undefined, { deeds }: Story): string {
  const lines = deeds.map(({ at, ...deed }) => `  ${(at / second).toFixed(1)} s: ${JSON.stringify(deed)}`);
  return [`seed ${seed}, ${gate ? 'gated' : 'not gated'}, ${describeMix(mix)}`, ...lines].join('\n');
}
