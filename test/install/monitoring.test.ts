/** What Prometheus is to be asked stands in what the operator serves: metrics, labels, and the values that are named. */
import { beforeAll, describe, expect, test } from 'vitest';
import { ContainerClaim } from '../../src/api/container-claim.js';
import { ContainerPool } from '../../src/api/container-pool.js';
import { customResourceDefinitions } from '../../src/api/crds.js';
import { CustomResourceDefinition } from '../../src/api/kubernetes.js';
import { createEmbeddedWorld } from '../../src/embedded/index.js';
import { instant } from '../../src/embedded/nodes/index.js';
import { alerts } from '../../src/install/monitoring/alerts.js';
import { dashboard } from '../../src/install/monitoring/dashboard.js';
import { leaseName } from '../../src/install/names.js';
import { lineMetrics } from '../../src/line/index.js';
import { createOperator } from '../../src/operator/index.js';
import { countedCluster, RuntimeMetrics } from '../../src/runtime/index.js';
import { silentLogger } from '../../src/support/log.js';
import { seededRandom } from '../../src/support/random.js';
import { second } from '../../src/support/time.js';
import { VirtualClock } from '../../src/support/virtual-clock.js';
import { aPool } from '../objects.js';

interface Selector {
  readonly label: string;
  /** Values that are named one by one; none where a pattern says more. */
  readonly values: readonly string[];
}

interface Asked {
  readonly metric: string;
  readonly selectors: readonly Selector[];
  readonly by: readonly string[];
}

const queries = [
  ...alerts.map(({ alert, expr }) => [alert, expr] as const),
  ...dashboard.panels.flatMap(({ title, targets }) => targets.map(({ expr }) => [title, expr] as const)),
];

/** Each query of ours asks for one metric. */
function asked(expr: string): Asked {
  const [, metric = '', within = ''] = /([a-z_]+_[a-z_]+)\{([^}]*)\}/.exec(expr) ?? [];
  const selectors = [...within.matchAll(/([a-z]+)=~?"([^"]*)"/g)].map(([, label = '', text = '']) => ({
    label,
    values: /^[-a-z|]+$/.test(text) ? text.split('|') : [],
  }));
  const by = /\bby \(([^)]*)\)/.exec(expr)?.[1]?.split(/, */) ?? [];
  return { metric, selectors, by };
}

/** Of every metric that is served: for each label, its values. */
async function served(): Promise<ReadonlyMap<string, ReadonlyMap<string, ReadonlySet<string>>>> {
  const clock = new VirtualClock();
  const random = seededRandom('monitoring');
  const world = createEmbeddedWorld({ clock, random, nodes: { count: 2, profile: instant } });
  const { cluster } = world;
  for (const crd of customResourceDefinitions) await cluster.create(CustomResourceDefinition, crd);
  const metrics = new RuntimeMetrics();
  const operator = createOperator({
    cluster: countedCluster(cluster, 'server', metrics),
    clock,
    random: random.split('operator'),
    logger: silentLogger,
    metrics,
    lineMetrics: lineMetrics(metrics.registry),
    election: { namespace: 'default', name: leaseName, identity: 'one' },
  });
  await clock.settle(Promise.all([world.start(), operator.start()]), 10 * second);
  const ref = { namespace: 'default', name: 'a' };
  await cluster.create(ContainerPool, { metadata: ref, spec: aPool({ replicas: 2 }).spec });
  await clock.advance(5 * second);
  await cluster.create(ContainerClaim, {
    metadata: ref,
    spec: { pool: { name: 'a' }, items: [{ count: 1 }], whenEmpty: 'Wait' },
  });
  await clock.advance(5 * second);
  await cluster.remove(ContainerClaim, ref);
  await clock.advance(5 * second);
  const text = await metrics.registry.metrics();
  operator.kill();
  await clock.settle(world.stop(), 60 * second);

  const all = new Map<string, Map<string, Set<string>>>();
  for (const [, metric = '', labels = ''] of text.matchAll(/^([a-z_]+)(?:\{(.*)\})? \S+$/gm)) {
    const known = all.get(metric) ?? new Map<string, Set<string>>();
    all.set(metric, known);
    for (const [, label = '', value = ''] of labels.matchAll(/([a-z]+)="([^"]*)"/g))
      known.set(label, (known.get(label) ?? new Set<string>()).add(value));
  }
  return all;
}

describe('every query', () => {
  let all: Awaited<ReturnType<typeof served>>;
  beforeAll(async () => {
    all = await served();
  });

  test.each(queries)('%s', (_, expr) => {
    const { metric, selectors, by } = asked(expr);
    const labels = [...(all.get(metric)?.keys() ?? [])];
    // the scraper adds it
    const wanted = [...by, ...selectors.map(({ label }) => label)].filter((label) => label !== 'job');
    expect(all.has(metric), `the operator serves no ${metric}`).toBe(true);
    expect(labels).toEqual(expect.arrayContaining(wanted));
    // whatever is named exists on some metric: this one may not have been counted for it yet, and no stage has failed
    const values = (label: string) => [...all.values()].flatMap((known) => [...(known.get(label) ?? [])]);
    for (const { label, values: named } of selectors.filter((selector) => selector.label !== 'outcome'))
      expect(values(label)).toEqual(expect.arrayContaining([...named]));
  });

  test('the legends name labels that the query keeps', () => {
    for (const { targets } of dashboard.panels) {
      for (const { expr, legendFormat } of targets) {
        for (const [, label = ''] of legendFormat.matchAll(/\{\{([a-z]+)\}\}/g))
          expect(asked(expr).by).toContain(label);
      }
    }
  });

  test('alerts speak only of labels that they keep', () => {
    for (const { expr, annotations } of alerts) {
      const named = [...JSON.stringify(annotations).matchAll(/\$labels\.([a-z]+)/g)].map(([, label]) => label);
      expect(asked(expr).by).toEqual(expect.arrayContaining(named));
    }
  });
});
