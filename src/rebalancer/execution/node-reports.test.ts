import { expect, test } from 'vitest';
import { Node } from '../../api/kubernetes.js';
import { stoppable } from '../../api/names.js';
import { EmbeddedCluster } from '../../embedded/index.js';
import { seededRandom } from '../../support/random.js';
import { VirtualClock } from '../../support/virtual-clock.js';
import { nextReport, reportOf, withdrawReport, writeReport } from './node-reports.js';

const { signal } = new AbortController();
const foreign = { key: 'gpu', value: 'yes', effect: 'NoSchedule' } as const;
const own = { key: stoppable.taint, effect: 'PreferNoSchedule' } as const;

test('a report stands beside the taints of others, and is withdrawn without a trace', async () => {
  const clock = new VirtualClock();
  const cluster = new EmbeddedCluster({ clock, random: seededRandom('reports') });
  const node = await cluster.create(Node, {
    metadata: { name: 'n', labels: { zone: 'a' } },
    spec: { taints: [foreign] },
  });
  const marked = async (write: Promise<void>) => {
    await write;
    const found = await cluster.get(Node, { name: 'n' });
    const { labels, annotations = {} } = found.metadata;
    return { report: reportOf(found)?.status, labels, annotated: Object.keys(annotations), taints: found.spec?.taints };
  };
  const annotated = [stoppable.condition];
  expect(await marked(writeReport(cluster, 'n', nextReport(node, 1, clock.now()), signal))).toEqual({
    report: 'False',
    labels: { zone: 'a' },
    annotated,
    taints: [foreign, own],
  });
  expect(await marked(writeReport(cluster, 'n', nextReport(node, 0, clock.now()), signal))).toEqual({
    report: 'True',
    labels: { zone: 'a', [stoppable.label]: 'true' },
    annotated,
    taints: [foreign, own],
  });
  expect(await marked(withdrawReport(cluster, 'n', signal))).toEqual({
    report: undefined,
    labels: { zone: 'a' },
    annotated: [],
    taints: [foreign],
  });
});
