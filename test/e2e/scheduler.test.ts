/**
 * `penstock scheduler` beside kube-scheduler, with the use of a real node read from its real kubelet: a node that is busy and has
 * promised little, and one that has promised nearly all and is idle. The second has no kubelet but one that reports idleness.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Node, Pod, type PodSpec } from '../../src/api/kubernetes.js';
import { mergePatch } from '../../src/cluster/patch.js';
import { keepAliveHttpClient } from '../../src/runtime/index.js';
import { milliValue } from '../../src/support/quantity.js';
import { type Duration, second } from '../../src/support/time.js';
import { Companion } from '../control-plane/process.js';
import { Reported } from '../scheduler/nodes.js';
import { image, lacks } from './environment.js';
import { type IdleKubelet, startIdleKubelet } from './idle-kubelet.js';
import { Place } from './place.js';
import { createReader, kubeletsAs, removeReader, useReader } from './use-reader.js';

/** Over which use is averaged. */
const window: Duration = 30 * second;

const configuration = (schedulerName: string) => `
apiVersion: scheduler.penstock.dev/v1alpha1
kind: SchedulerConfiguration
profiles:
  - schedulerName: ${schedulerName}
use:
  source: kubelet
  serviceAccount: ${useReader}
  insecureSkipTLSVerify: true
  interval: 3s
  window: ${window / second}s
`;

describe.skipIf(lacks('the scheduler'))('The scheduler, beside kube-scheduler', () => {
  let place: Place;
  let kubelet: IdleKubelet;
  let startedAt = 0;
  let scheduler: Companion;
  let folder: string;
  let hot: string;
  let idle: string;

  beforeAll(async () => {
    place = await Place.open('scheduler');
    const { cluster, namespace } = place;
    const { items } = await cluster.list(Node);
    const [real] = items.filter(({ status }) =>
      status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True'),
    );
    hot = real?.metadata.name ?? '';
    idle = `${namespace}-idle`;
    kubelet = await startIdleKubelet(idle);
    await createReader(place);
    await addIdleNode(real);
    await busy(real);
    folder = mkdtempSync(join(tmpdir(), 'penstock-scheduler-'));
    writeFileSync(join(folder, 'scheduler.yaml'), configuration(namespace));
    const flags = [
      '--config',
      join(folder, 'scheduler.yaml'),
      '--metrics-port',
      '0',
      '--health-port',
      '0',
      '--log-level',
      'debug',
    ];
    scheduler = new Companion(
      'penstock scheduler',
      process.execPath,
      [resolve('dist/cli/main.js'), 'scheduler', '--kubeconfig', place.kubeconfig, '--namespace', namespace, ...flags],
      join(folder, 'scheduler.log'),
    );
    scheduler.start();
    startedAt = place.clock.now();
  });

  afterAll(async () => {
    await scheduler?.stop();
    await kubelet?.[Symbol.asyncDispose]();
    if (folder) rmSync(folder, { recursive: true, force: true });
    if (!place) return;
    await place.cluster.remove(Node, { name: idle }).catch(() => undefined);
    await removeReader(place);
    await place.close();
  });

  /** A node as large as the real one, of which nine tenths are promised. */
  async function addIdleNode(real: Node | undefined): Promise<void> {
    const { cluster, namespace } = place;
    const { allocatable = {}, capacity = {} } = real?.status ?? {};
    await cluster.create(Node, { metadata: { name: idle, labels: { 'kubernetes.io/hostname': idle } } });
    const status = {
      allocatable,
      capacity,
      addresses: [{ type: 'InternalIP', address: '127.0.0.1' }],
      daemonEndpoints: { kubeletEndpoint: { Port: kubelet.port } },
    };
    await cluster.patch(Node, { name: idle }, mergePatch({ status }), { subresource: 'status' });
    const requests = { cpu: `${Math.floor(0.9 * milliValue(allocatable.cpu))}m`, memory: '1Gi' };
    await cluster.create(Pod, {
      metadata: { namespace, name: 'reserved' },
      spec: { ...spec({ requests }), nodeName: idle, tolerations },
    });
  }

  /** Uses all of the real node, having asked for nearly nothing, and waits until its kubelet says so: it measures every 10 to 15 s. */
  async function busy(real: Node | undefined): Promise<void> {
    const { cluster, namespace } = place;
    const command = ['sh', '-c', 'for i in 1 2 3; do (while :; do :; done) & done; wait'];
    const one = spec({ requests: { cpu: '10m', memory: '16Mi' } });
    const containers = one.containers.map((container) => ({ ...container, command }));
    await cluster.create(Pod, { metadata: { namespace, name: 'busy' }, spec: { ...one, containers, nodeName: hot } });
    await place.untilObject(Pod, 'busy', 'to run', (pod) => pod?.status?.phase === 'Running');
    const http = keepAliveHttpClient(place.clock);
    const use = async () => {
      const reported = new Reported();
      // a source that has read nothing before: what the kubelet measured last
      await kubeletsAs(useReader, place, http).read(real ? [real] : [], reported, new AbortController().signal);
      return reported;
    };
    // so much that the figures of all readings say so, on a machine that others use too
    const much = 0.8 * milliValue(real?.status?.allocatable?.cpu);
    const isBusy = ({ samples }: Reported) => (samples[hot]?.use.cpu ?? 0) > much;
    try {
      await place.until('the kubelet to say that the node is busy', use, isBusy);
    } finally {
      http.close();
    }
  }

  /** What the scheduler's metrics say, a line each; empty before it serves them. */
  async function metrics(): Promise<readonly string[]> {
    const [, url] = /"metrics":"([^"]+)"/.exec(readFileSync(scheduler.log, 'utf8')) ?? [];
    return url === undefined ? [] : (await (await fetch(url)).text()).split('\n');
  }

  // the node without a kubelet is tainted as such
  const tolerations = [{ operator: 'Exists' }];
  const spec = (resources: { requests: Record<string, string> }): PodSpec => ({
    containers: [{ name: 'main', image, command: ['sleep', '600'], resources }],
    automountServiceAccountToken: false,
    terminationGracePeriodSeconds: 0,
    tolerations,
  });

  async function placed(name: string, schedulerName: string): Promise<string | undefined> {
    const { cluster, namespace } = place;
    const resources = { requests: { cpu: '10m', memory: '16Mi' } };
    await cluster.create(Pod, { metadata: { namespace, name }, spec: { ...spec(resources), schedulerName } });
    const pod = await place.untilObject(Pod, name, 'to have a node', (seen) => seen?.spec?.nodeName !== undefined);
    return pod?.spec?.nodeName;
  }

  it('keeps away from the node that is busy, to which kube-scheduler goes', async () => {
    const figuresOf = (lines: readonly string[], kind: string) =>
      lines.find((line) => line.startsWith(`penstock_use_nodes{figures="${kind}"}`))?.split(' ')[1];
    const areKnown = (lines: readonly string[]) =>
      Number(figuresOf(lines, 'fresh')) >= 2 && figuresOf(lines, 'stale') === '0';
    await place.until('the scheduler to know what the nodes use', metrics, areKnown);
    // until then a part of each mean is from before the nodes were as they are now, and counts by estimates
    await place.clock.sleep(Math.max(0, startedAt + window - place.clock.now()));
    const ours: (string | undefined)[] = [];
    const theirs: (string | undefined)[] = [];
    for (let index = 0; index < 4; index++) {
      ours.push(await placed(`ours-${index}`, place.namespace));
      theirs.push(await placed(`theirs-${index}`, 'default-scheduler'));
    }
    expect({ ours, theirs }).toEqual({ ours: [idle, idle, idle, idle], theirs: [hot, hot, hot, hot] });
  });

  it('says of each node why', async () => {
    const { cluster, namespace } = place;
    const requests = { cpu: '10m', memory: '16Mi' };
    await cluster.create(Pod, {
      metadata: { namespace, name: 'gated' },
      spec: { ...spec({ requests }), schedulingGates: [{ name: 'test.dev/held' }] },
    });
    const text = await place.penstock('explain', 'pod/gated', '--use', 'none', '-o', 'json');
    const { nodes } = JSON.parse(text) as {
      nodes: { node: string; score?: number; terms?: { value: number }[]; refusal?: object }[];
    };
    expect(nodes.map(({ node }) => node)).toEqual(expect.arrayContaining([hot, idle]));
    for (const { score, terms = [], refusal } of nodes) {
      expect((score === undefined) === (refusal !== undefined)).toBe(true);
      expect(terms.reduce((sum, { value }) => sum + value, 0)).toBeCloseTo(score ?? 0, 9);
    }
  });
});
