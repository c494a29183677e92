/** What the pods of others cost the operator: a real API server, and pods that are only objects. */
import { Deployment, Namespace } from '../../src/api/kubernetes.js';
import { optIn } from '../../src/api/names.js';
import { installCrds } from '../../src/cluster/crds.js';
import { connect, type Connection } from '../../src/cluster/kubernetes/index.js';
import type { Cluster } from '../../src/cluster/cluster.js';
import { silentLogger } from '../../src/support/log.js';
import { second } from '../../src/support/time.js';
import { WallClock } from '../../src/support/wall-clock.js';
import { ControlPlane } from '../../test/control-plane/control-plane.js';
import { printTable, timed } from '../measure.js';
import { bareList } from './bare-list.js';
import { MeasuredOperator } from './operator.js';
import { change, createNodes, createPods, marker, namespaceOf } from './pods.js';

export interface ForeignOptions {
  readonly pods?: string | undefined;
  readonly nodes?: string | undefined;
}

/** Changes of foreign pods in a second, as a cluster of some thousand nodes has them. */
const changesPerSecond = 200;
const observed = 30 * second;
/** What was needed for the start is given back by then. */
const calmAfter = 10 * second;

const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(1)} s`;
const mebibytes = (value: number): string => `${Math.round(value)} MB`;
const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
const sleep = (time: number) => new Promise((done) => setTimeout(done, time));

export async function benchForeign(options: ForeignOptions): Promise<void> {
  const [pods, nodes] = [Number(options.pods ?? 20_000), Number(options.nodes ?? 1000)];
  const plane = await ControlPlane.start({ apiServerFlags: ['--max-mutating-requests-inflight=1000'] });
  const clock = new WallClock();
  const connection = await connect(
    { kubeconfig: plane.kubeconfig },
    { clock, logger: silentLogger, userAgent: 'bench' },
  );
  try {
    await installCrds(connection.cluster, clock);
    await measure(plane, connection, pods, nodes);
  } finally {
    connection.close();
    await plane.stop();
  }
}

async function measure(plane: ControlPlane, { cluster }: Connection, pods: number, nodes: number): Promise<void> {
  const rows: (readonly string[])[] = [];
  const row = async (what: string, changed: number, needsThem: boolean) => {
    const operator = await MeasuredOperator.start(plane.kubeconfig);
    try {
      const read = needsThem ? seconds(await operator.hasReadTheRest()) : '';
      await sleep(calmAfter);
      const { now, peak } = operator.memory;
      const rest = await operator.cpuShare(observed);
      const end = new AbortController();
      const changing = changed > 0 ? changeSome(cluster, changed, end.signal) : Promise.resolve(0);
      const started = performance.now();
      const busy = changed > 0 ? percent(await operator.cpuShare(observed)) : '';
      end.abort();
      const perSecond = ((await changing) * 1000) / (performance.now() - started);
      const after = operator.memory;
      rows.push([
        what,
        seconds(operator.readyAfter),
        read,
        mebibytes(now),
        mebibytes(after.now),
        mebibytes(Math.max(peak, after.peak)),
        percent(rest),
        changed > 0 ? `${busy} at ${Math.round(perSecond)}/s` : '',
      ]);
      if (changed > 0) rows.push(await wholeOnes(operator));
    } finally {
      await operator.stop();
    }
  };
  await row('nothing of others', 0, false);
  for (let team = 0; team < 20; team++) await cluster.create(Namespace, { metadata: { name: namespaceOf(team) } });
  await createNodes(cluster, nodes);
  const took = await timed(() => createPods(cluster, pods, nodes));
  const bare = [await bareList(plane), await bareList(plane)];
  const size = (bare[0]?.bytes ?? 0) / pods;
  await row(`${pods} pods of others`, pods, false);
  await cluster.create(Deployment, annotated);
  await row(`the same, and a Deployment that names a pool`, pods, true);
  printTable(
    `foreign: ${pods} pods of ${(size / 1000).toFixed(1)} KB on ${nodes} nodes, created in ${seconds(took)}`,
    ['', 'ready after', 'all read after', 'memory', 'at work', 'at most', 'processor', `beside changes of others`],
    [...rows, ['a bare list of all pods', ...bare.map((one) => seconds(one.took))]],
  );
}

/** Whether anything of a foreign pod is held that nobody needs. */
async function wholeOnes(operator: MeasuredOperator): Promise<readonly string[]> {
  const heap = await operator.heapSnapshot();
  let found = 0;
  for (let at = heap.indexOf(marker); at >= 0; at = heap.indexOf(marker, at + marker.length)) found++;
  return [`  pods of others that it holds whole: ${found}`];
}

/** Returns how many changes there were. */
async function changeSome(cluster: Cluster, pods: number, signal: AbortSignal): Promise<number> {
  const [begun, wait] = [performance.now(), 50];
  let [sent, done] = [0, 0];
  const all = new Set<Promise<unknown>>();
  while (!signal.aborted) {
    const due = ((performance.now() - begun) * changesPerSecond) / 1000;
    for (; sent < due; sent++) {
      const one: Promise<unknown> = change(cluster, (sent * 7919) % pods, sent).then(() => {
        done++;
        all.delete(one);
      });
      all.add(one);
    }
    await sleep(wait);
  }
  await Promise.all(all);
  return done;
}

/** Names a pool that is not there: enough to have replicas looked at. */
const annotated = {
  metadata: { name: 'web', namespace: 'default', annotations: { [optIn.pool]: 'web' } },
  spec: {
    replicas: 1,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'main', image: 'registry.example.com/web:1' }] },
    },
  },
};
