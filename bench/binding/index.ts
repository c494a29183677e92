import https from 'node:https';
import { Node } from '../../src/api/kubernetes.js';
import type { Cluster } from '../../src/cluster/cluster.js';
import { connect } from '../../src/cluster/kubernetes/index.js';
import { silentLogger } from '../../src/support/log.js';
import { WallClock } from '../../src/support/wall-clock.js';
import { ControlPlane } from '../../test/control-plane/control-plane.js';
import { print, type Row } from '../measure.js';
import { median } from '../../src/support/statistics.js';
import { type Burst, type Measured, type Run, run } from './burst.js';
import { type Contestant, contestants } from './contestants.js';
import { nodeDraft } from './objects.js';

const sizes = [1000, 5000] as const;
const rounds = 3;
const bursts: readonly Burst[] = [
  { arrival: 'waiting', mix: 'equal', pods: 1000 },
  { arrival: 'arriving', mix: 'equal', pods: 1000 },
  { arrival: 'arriving', mix: 'different', pods: 1000 },
];

/** Binding on a real API server, beside kube-scheduler: they take turns, each in a process of its own, on the same nodes. */
export async function benchBinding(): Promise<void> {
  const plane = await ControlPlane.start({ apiServerFlags: ['--delete-collection-workers=8'] });
  const connection = await connect(
    { kubeconfig: plane.kubeconfig },
    { clock: new WallClock(), logger: silentLogger, userAgent: 'bench' },
  );
  try {
    let nodes = 0;
    for (const size of sizes) {
      await createNodes(connection.cluster, nodes, size);
      nodes = size;
      report(size, await turns(plane, connection.cluster, size));
    }
  } finally {
    connection.close();
    await plane.stop();
  }
}

type Runs = ReadonlyMap<Contestant, readonly Run[]>;

async function turns(plane: ControlPlane, cluster: Cluster, size: number): Promise<Runs> {
  const runs = new Map<Contestant, Run[]>(contestants.map((contestant) => [contestant, []]));
  for (let round = 0; round < rounds; round++)
    for (const [index, contestant] of contestants.entries()) {
      const namespace = `binding-${size}-${round}-${index}`;
      runs.get(contestant)?.push(await run(cluster, plane.kubeconfig, contestant, bursts, namespace));
      await deletePods(plane, namespace);
    }
  return runs;
}

async function createNodes(cluster: Cluster, from: number, to: number): Promise<void> {
  for (let index = from; index < to; index += 50)
    await Promise.all(
      Array.from({ length: Math.min(50, to - index) }, (_, offset) => cluster.create(Node, nodeDraft(index + offset))),
    );
}

/** All at once: the port has no call for that. */
function deletePods(plane: ControlPlane, namespace: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = https.request(
      `${plane.url}/api/v1/namespaces/${namespace}/pods?gracePeriodSeconds=0`,
      { method: 'DELETE', ca: plane.ca, headers: { authorization: `Bearer ${plane.adminToken}` } },
      (response) => {
        response.resume();
        response.on('end', () =>
          response.statusCode === 200 ? resolve() : reject(new Error(`deletion of pods: HTTP ${response.statusCode}`)),
        );
      },
    );
    request.on('error', reject);
    request.end();
  });
}

function report(size: number, runs: Runs): void {
  for (const [index, { arrival, mix, pods }] of bursts.entries())
    print(
      `binding: ${size} nodes, ${pods} pods, ${mix}, ${arrival}; medians of ${rounds} rounds, and beside ${contestants[0].name}`,
      contestants.map((contestant) => row(contestant, runs, index)),
    );
  print(
    `binding: ${size} nodes, most memory resident`,
    contestants.map((contestant) => ({
      what: contestant.name,
      figure: `${Math.round(median((runs.get(contestant) ?? []).map(({ peakMemory }) => peakMemory)))} MiB`,
    })),
  );
}

function row(contestant: Contestant, runs: Runs, burst: number): Row {
  const middle = (of: Contestant, figure: (measured: Measured) => number) =>
    median((runs.get(of) ?? []).flatMap(({ bursts: all }) => all.slice(burst, burst + 1)).map(figure));
  const besides = (figure: (measured: Measured) => number) =>
    (middle(contestant, figure) / middle(contestants[0], figure)).toFixed(2);
  const rate = ({ podsPerSecond }: Measured) => podsPerSecond;
  const cpu = ({ cpuPerPod }: Measured) => cpuPerPod;
  const events = middle(contestant, ({ eventsPerPod }) => eventsPerPod).toFixed(2);
  return {
    what: contestant.name,
    figure: `${Math.round(middle(contestant, rate))}/s, ${middle(contestant, cpu).toFixed(2)} ms CPU per pod`,
    against: `rate ${besides(rate)}, CPU ${besides(cpu)}; ${events} Events per pod`,
  };
}
