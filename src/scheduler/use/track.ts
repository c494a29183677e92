import type { Node } from '../../api/kubernetes.js';
import type { NodeUse } from '../../scheduling/index.js';
import { parseDuration } from '../../support/time.js';
import type { SchedulerCache } from '../cache/scheduler-cache.js';
import type { UseConfiguration } from '../configuration/schema.js';
import { UseCollector, type UseCollectorOptions } from './collector.js';
import type { UseSource } from './use-source.js';

/** From how many samples on the use of a pod counts. Default 2: one says nothing of its variance. */
export interface PodUseOptions {
  readonly podSamples?: number;
}

export type UseTimes = Pick<UseCollectorOptions, 'interval' | 'window' | 'maxAge'>;

/** A collector that keeps the snapshot's figures up to date: what counts no more is taken out, so that requests stand for it. */
export function trackUse(
  source: UseSource,
  cache: SchedulerCache,
  times: UseTimes,
  { podSamples = 2, ...parts }: Pick<UseCollectorOptions, 'clock' | 'random' | 'logger'> & PodUseOptions,
): UseCollector {
  const nodes = (): readonly Node[] => [...cache.snapshot.infos()].map(({ node }) => node);
  const collector = new UseCollector({
    ...parts,
    ...times,
    source,
    nodes,
    onUse: (node, figures) => cache.setUse(node, figures satisfies NodeUse | undefined),
  });
  cache.setPodUse((node, pod) => {
    const use = collector.podUse(node, pod);
    return use && use.samples >= podSamples ? use : undefined;
  });
  return collector;
}

export function timesOf(use: UseConfiguration): UseTimes {
  if (use.source === 'none') return {};
  const [interval, window, maxAge] = [use.interval, use.window, use.maxAge ?? ''].map(parseDuration);
  return {
    ...(interval !== undefined && { interval }),
    ...(window !== undefined && { window }),
    ...(maxAge !== undefined && { maxAge }),
  };
}
