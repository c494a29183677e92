import type { Kind } from '../api/meta/kind.js';
import type { Resource } from '../api/meta/resource.js';
import { createManager } from '../runtime/index.js';
import type { Clock } from '../support/clock.js';
import { type Logger, silentLogger } from '../support/log.js';
import type { Random } from '../support/random.js';
import { type BuiltInController, builtInControllers } from './controllers/index.js';
import { SimulatedNodes, type SimulatedNodesOptions } from './nodes/index.js';
import { EmbeddedCluster, type EmbeddedClusterOptions } from './store/cluster.js';

export interface EmbeddedWorldOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger?: Logger;
  readonly nodes: Omit<SimulatedNodesOptions, 'cluster' | 'clock' | 'random' | 'logger'>;
  /** Default: all. */
  readonly controllers?: readonly BuiltInController[];
  /** See `BuiltInControllersOptions`. */
  readonly collectedKinds?: readonly Kind<Resource>[];
  readonly schedulerNames?: readonly string[];
  readonly store?: Omit<EmbeddedClusterOptions, 'clock' | 'random'>;
}

/** A whole cluster in this process. */
export interface EmbeddedWorld {
  readonly cluster: EmbeddedCluster;
  readonly nodes: SimulatedNodes;
  /** Resolves when the nodes are registered and the controllers work. */
  readonly start: () => Promise<void>;
  /** Ends controllers and nodes. The store needs no end: what it holds can still be read. */
  readonly stop: () => Promise<void>;
}

/** A store, the built-in controllers and simulated nodes, ready to be started. */
export function createEmbeddedWorld(options: EmbeddedWorldOptions): EmbeddedWorld {
  const { clock, random, logger = silentLogger, controllers, collectedKinds, schedulerNames } = options;
  const cluster = new EmbeddedCluster({ ...options.store, clock, random: random.split('cluster') });
  const manager = createManager({ cluster, clock, random: random.split('controllers'), logger });
  builtInControllers({
    manager,
    clock,
    random: random.split('controllers'),
    ...(controllers && { controllers }),
    ...(collectedKinds && { collectedKinds }),
    ...(schedulerNames && { schedulerNames }),
  });
  const nodes = new SimulatedNodes({ ...options.nodes, cluster, clock, random: random.split('nodes'), logger });
  return {
    cluster,
    nodes,
    start: async () => {
      await Promise.all([nodes.start(), manager.start()]);
    },
    stop: async () => {
      await Promise.all([nodes.stop(), manager.stop()]);
    },
  };
}
