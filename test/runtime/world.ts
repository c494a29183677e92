import { ConfigMap } from '../../src/api/kubernetes.js';
import { type Key, keyOf, nameOf, type Resource } from '../../src/api/meta/resource.js';
import type { Cluster } from '../../src/cluster/cluster.js';
import { EmbeddedCluster, type EmbeddedClusterOptions } from '../../src/embedded/index.js';
import { Informer } from '../../src/runtime/index.js';
import type { Origin } from '../../src/runtime/object-store.js';
import { silentLogger } from '../../src/support/log.js';
import { type Random, seededRandom } from '../../src/support/random.js';
import { VirtualClock } from '../../src/support/virtual-clock.js';
import { FlakyCluster } from './flaky-cluster.js';

/** One embedded cluster in virtual time, and an unreliable way to it. */
export interface World {
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly server: EmbeddedCluster;
  readonly way: FlakyCluster;
}

export function makeWorld(seed: number | string = 1, options: Partial<EmbeddedClusterOptions> = {}): World {
  const clock = new VirtualClock();
  const random = seededRandom(seed);
  const server = new EmbeddedCluster({ clock, random: random.split('server'), ...options });
  return { clock, random, server, way: new FlakyCluster(server, clock, random.split('way')) };
}

/** Which flags a ConfigMap's data raises: something to index by. */
export const flagsOf = (map: ConfigMap): readonly string[] => Object.values(map.data ?? {});

export function configMapInformer({ clock, random, way }: World, cluster: Cluster = way): Informer<ConfigMap> {
  const informer = new Informer({
    cluster,
    kind: ConfigMap,
    clock,
    random: random.split('informer'),
    logger: silentLogger,
  });
  informer.addIndex('flag', flagsOf);
  return informer;
}

export const configMap = (name: string, flag: string) => ({ metadata: { namespace: 'default', name }, data: { flag } });

/** What an informer told, in order: `+ default/a`, `~ default/a`, `- default/a`. */
export function tell<T extends Resource>(informer: Informer<T>): string[] {
  const told: string[] = [];
  const say = (sign: string) => (object: T) => void told.push(`${sign} ${keyOf(nameOf(object))}`);
  informer.addHandler({
    add: say('+'),
    update: (_old: T, object: T) => say('~')(object),
    delete: say('-'),
  });
  return told;
}

/**
 * Checks at every change that what an informer shows of a key never goes back, and that nothing that ceased to be comes
 * back. Returns the complaints.
 */
export function watchForRelapse<T extends Resource>(informer: Informer<T>): string[] {
  const complaints: string[] = [];
  const newest = new Map<Key, number>();
  const gone = new Set<string>();
  const show = (object: T, origin: Origin) => {
    const key = keyOf(nameOf(object));
    const version = Number(object.metadata.resourceVersion);
    if (version <= (newest.get(key) ?? 0)) complaints.push(`${key} went back to ${version} by ${origin}`);
    if (gone.has(object.metadata.uid)) complaints.push(`${key} came back from the dead by ${origin}`);
    newest.set(key, version);
  };
  informer.addHandler({
    add: show,
    update: (_old, object, origin) => show(object, origin),
    delete: (old) => void gone.add(old.metadata.uid),
  });
  return complaints;
}
