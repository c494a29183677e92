/**
 * `penstock rebalance` with the use of a real node, read from its real kubelet: a busy container makes the node hot, and is replaced from stock
 * on a simulated node. Whoever asks its Service meanwhile gets an answer each time.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { stringify } from 'yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ContainerPool } from '../../src/api/container-pool.js';
import { Node, type Pod } from '../../src/api/kubernetes.js';
import { optIn } from '../../src/api/names.js';
import { mergePatch } from '../../src/cluster/patch.js';
import { Companion } from '../control-plane/process.js';
import { image, lacks } from './environment.js';
import { Place } from './place.js';
import { createReader, removeReader, useReader } from './use-reader.js';

/**
 * Two of them are enough when a node's figures come as late as they may: 15 s until the kubelet measures again, 21 s until 70 % of the
 * window are load, 2.2 s to the next reading, 4 s to the second of two samples that are over the threshold. That leaves 17 s for the
 * container to be delivered and for the eviction.
 */
const window = 30_000;
/** For how long nothing more may move. */
const watched = 28_000;
const configuration = stringify({
  apiVersion: 'rebalancer.penstock.dev/v1alpha1',
  kind: 'RebalancerConfiguration',
  interval: '2s',
  use: { source: 'kubelet', serviceAccount: useReader, insecureSkipTLSVerify: true, interval: '2s', window: '30s' },
  load: { weights: { cpu: 0.5, memory: 0.5 } },
  // the real node is idle once it is relieved: it is not to be emptied here
  rules: { hot: { threshold: 0.7, target: 0.6, samples: 3, atLeast: 2 }, light: { candidates: 0 } },
});

/** Answers with a word; as the first process of its container it hears no SIGTERM, and serves until its grace is over. */
const serving = 'mkdir /www && echo served > /www/index.html && exec httpd -f -p 8080 -h /www';
const tolerations = [{ key: 'penstock.dev/simulated', operator: 'Exists' }];
const deployment = (name: string, replicas: number, command: string) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, annotations: { [optIn.pool]: name } },
  spec: {
    replicas,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: {
        terminationGracePeriodSeconds: 3,
        automountServiceAccountToken: false,
        tolerations,
        containers: [
          {
            name: 'main',
            image,
            command: ['sh', '-c', command],
            resources: { requests: { cpu: '20m', memory: '16Mi' } },
          },
        ],
      },
    },
  },
});
const pool = (name: string, replicas: number) => ({
  apiVersion: 'penstock.dev/v1alpha1',
  kind: 'ContainerPool',
  metadata: { name },
  spec: { replicas, fromDeployment: { name } },
});

interface Slice {
  readonly endpoints?: readonly {
    readonly addresses: readonly string[];
    readonly nodeName?: string;
    readonly conditions?: { readonly ready?: boolean };
  }[];
}

describe.skipIf(lacks('the rebalancer'))('The rebalancer, on a real node and a simulated one', () => {
  let place: Place;
  let folder: string;
  let real: string;
  let simulated: string;
  const running: Companion[] = [];
  const kubectl = async (line: string) => (await place.kubectl(...line.split(' '))).trim();
  const start = (name: string, ...words: readonly string[]) => {
    const scope = ['--kubeconfig', place.kubeconfig, '--namespace', place.namespace];
    const line = [resolve('dist/cli/main.js'), ...words, ...scope];
    const companion = new Companion(`penstock ${name}`, process.execPath, line, join(folder, `${name}.log`));
    running.push(companion);
    companion.start();
  };
  const apply = async (...objects: readonly object[]) => {
    const file = join(folder, 'objects.yaml');
    writeFileSync(file, objects.map((one) => stringify(one)).join('---\n'));
    await place.kubectl('apply', '-f', file);
  };
  const cordon = (name: string, unschedulable: boolean | null) =>
    place.cluster.patch(Node, { name }, mergePatch({ spec: { unschedulable } }));
  const pods = async () => {
    const { items } = JSON.parse(await kubectl('get pods -l app=web -o json')) as { readonly items: readonly Pod[] };
    return items.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  };
  const nodesOf = async () => (await pods()).map(({ spec }) => spec?.nodeName ?? '').sort();

  beforeAll(async () => {
    place = await Place.open('rebalancer');
    const { cluster, namespace } = place;
    folder = mkdtempSync(join(tmpdir(), 'penstock-rebalancer-'));
    const { items } = await cluster.list(Node);
    real =
      items.find(({ status }) => status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True'))
        ?.metadata.name ?? '';
    await createReader(place);
    await place.operator();
    start('nodes', 'nodes', '--count', '1', '--name', namespace, '--profile', 'instant');
    simulated = `${namespace}-0`;
    const joined = async () => (await cluster.list(Node)).items.map(({ metadata }) => metadata.name);
    await place.until('the simulated node', joined, (names) => names.includes(simulated));
    // its replicas on the real node, its stock on the other
    await cordon(simulated, true);
    await apply(deployment('web', 2, serving), deployment('client', 1, 'exec sleep 3600'));
    for (const name of ['web', 'client']) await kubectl(`rollout status deployment ${name} --timeout=120s`);
    await cordon(simulated, null);
    await cordon(real, true);
    await apply(pool('web', 2));
    await place.untilObject(ContainerPool, 'web', 'to have stock', (one) => one?.status?.ready === 2);
    await cordon(real, null);
    await kubectl('create service clusterip web --tcp=80:8080');
  });
  afterAll(async () => {
    // what is on the simulated node ends as long as that is there
    await place?.kubectl('delete', 'deployment,cpool', '--all').catch(() => undefined);
    await place?.gone('app').catch(() => undefined);
    for (const companion of running) await companion.stop();
    if (folder) rmSync(folder, { recursive: true, force: true });
    if (!place) return;
    if (real) await cordon(real, null);
    await place.cluster.remove(Node, { name: simulated }).catch(() => undefined);
    await removeReader(place);
    await place.close();
  });

  /** Asks those behind the Service that can answer: a simulated container is ready, and no more than that. */
  const client = async () => {
    const name = await kubectl('get pods -l app=client -o jsonpath={.items[0].metadata.name}');
    const told = { requests: 0, failures: [] as string[], fewest: Infinity };
    const ask = async () => {
      const { items } = JSON.parse(await kubectl('get endpointslices -l kubernetes.io/service-name=web -o json')) as {
        readonly items: readonly Slice[];
      };
      const ready = items.flatMap(({ endpoints }) => endpoints ?? []).filter(({ conditions }) => conditions?.ready);
      const answering = ready.filter(({ nodeName }) => nodeName === real);
      told.fewest = Math.min(told.fewest, ready.length);
      const address = answering[told.requests++ % answering.length]?.addresses[0];
      const line = `printf 'GET / HTTP/1.0\\r\\n\\r\\n' | nc -w 5 ${address} 8080 | tail -n 1`;
      const answer = await place.kubectl('exec', name, '--', 'sh', '-c', line).catch((error: unknown) => String(error));
      if (answer.trim() !== 'served') told.failures.push(answer);
    };
    return { told, ask };
  };

  it('relieves the node from stock within two windows, and not one request to the Service fails', async () => {
    const { told, ask } = await client();
    for (let first = 0; first < 3; first++) await ask();
    expect(told.failures).toEqual([]);
    expect(await nodesOf()).toEqual([real, real]);
    start('rebalance', 'rebalance', '--config', configurationFile(), '--metrics-port', '0', '--health-port', '0');
    const [busy, other] = await pods();
    // what else runs on the machine may keep the node hot: the one that can answer stays
    await kubectl(`annotate pod ${other?.metadata.name} karpenter.sh/do-not-disrupt=true`);
    const load = 'for i in 1 2 3 4; do (while :; do :; done) >/dev/null 2>&1 & done';
    await place.kubectl('exec', busy?.metadata.name ?? '', '--', 'sh', '-c', load);
    const began = place.clock.now();

    let replacedAfter: number | undefined;
    for (let after = 0; after < 5; ) {
      await ask();
      const isThere = (await pods()).some(({ metadata }) => metadata.uid === busy?.metadata.uid);
      if (!isThere) replacedAfter ??= place.clock.now() - began;
      if (!isThere) after++;
      if (place.clock.now() - began > 4 * window) break;
    }
    expect(told.failures).toEqual([]);
    expect(told.fewest).toBe(2);
    expect(replacedAfter).toBeLessThan(2 * window);
    expect(await nodesOf()).toEqual([real, simulated].sort());
  });

  it('moves nothing back, and nothing more', async () => {
    const before = (await pods()).map(({ metadata }) => metadata.uid).sort();
    const { told, ask } = await client();
    const until = place.clock.now() + watched;
    while (place.clock.now() < until) {
      await ask();
      await place.clock.sleep(1000);
    }
    expect((await pods()).map(({ metadata }) => metadata.uid).sort()).toEqual(before);
    expect(told.failures).toEqual([]);
  });

  it('says in a dry run that there is nothing to move', async () => {
    const said = await place.penstock('rebalance', '--dry-run', '--config', configurationFile());
    expect(said).toContain('Nothing would be moved.');
  });

  function configurationFile(): string {
    const file = join(folder, 'rebalancer.yaml');
    writeFileSync(file, configuration);
    return file;
  }
});
