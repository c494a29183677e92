import { Gauge, type Registry } from 'prom-client';
import type { SourceStatus } from './collector.js';

/** How the source of use does, read when metrics are collected. */
export function useMetrics(registry: Registry, status: () => SourceStatus | undefined): void {
  const registers = [registry];
  new Gauge({
    name: 'penstock_use_source_up',
    help: 'Whether the last reading of the source of use gave something.',
    labelNames: ['source'],
    registers,
    collect() {
      this.reset();
      const now = status();
      if (now) this.set({ source: now.source }, now.state === 'up' ? 1 : 0);
    },
  });
  new Gauge({
    name: 'penstock_use_nodes',
    help: 'Nodes whose measured use counts (fresh), and nodes for which estimates stand (stale).',
    labelNames: ['figures'],
    registers,
    collect() {
      this.reset();
      const now = status();
      if (!now) return;
      this.set({ figures: 'fresh' }, now.nodes.fresh);
      this.set({ figures: 'stale' }, now.nodes.stale);
    },
  });
}
