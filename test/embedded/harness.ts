import type { Container, Pod } from '../../src/api/kubernetes.js';
import type { Draft, Ref } from '../../src/api/meta/resource.js';
import { createEmbeddedWorld, type EmbeddedWorld, type EmbeddedWorldOptions } from '../../src/embedded/index.js';
import { instant } from '../../src/embedded/nodes/index.js';
import { seededRandom } from '../../src/support/random.js';
import { minute } from '../../src/support/time.js';
import { VirtualClock } from '../../src/support/virtual-clock.js';

export interface Trial extends EmbeddedWorld {
  readonly clock: VirtualClock;
}

export type TrialOptions = Partial<Omit<EmbeddedWorldOptions, 'clock' | 'random'>> & {
  readonly seed?: number | string;
};

/** A world in virtual time that has started: three nodes on which everything happens at once, unless said otherwise. */
export async function trial({ seed = 1, nodes, ...options }: TrialOptions = {}): Promise<Trial> {
  const clock = new VirtualClock();
  const random = seededRandom(seed);
  const world = createEmbeddedWorld({ clock, random, nodes: { count: 3, profile: instant, ...nodes }, ...options });
  await clock.settle(world.start(), minute);
  return { clock, ...world };
}

export const inDefault = (name: string): Ref => ({ namespace: 'default', name });

export interface PodOptions {
  readonly cpu?: string;
  readonly memory?: string;
  readonly image?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly spec?: Partial<NonNullable<Pod['spec']>>;
}

export const containerOf = ({ cpu = '100m', memory = '64Mi', image = 'web:1' }: PodOptions = {}): Container => ({
  name: 'main',
  image,
  resources: { requests: { cpu, memory } },
});

export function podDraft(name: string, options: PodOptions = {}): Draft<Pod> {
  const { labels, annotations, spec } = options;
  return {
    metadata: { ...inDefault(name), ...(labels && { labels }), ...(annotations && { annotations }) },
    spec: { terminationGracePeriodSeconds: 30, containers: [containerOf(options)], ...spec },
  };
}

/** A condition of an object as `Status` or `Status/Reason`. */
export function conditionOf(
  object: { readonly status?: { readonly conditions?: readonly { type: string; status: string; reason?: string }[] } },
  type: string,
): string | undefined {
  const condition = object.status?.conditions?.find((one) => one.type === type);
  if (!condition) return undefined;
  return condition.reason ? `${condition.status}/${condition.reason}` : condition.status;
}
