/** Deployments from stock, with kubectl as their users type it, on real containers. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MutatingAdmissionPolicy } from '../../src/api/administration.js';
import { ContainerPool, type ContainerPoolStatus } from '../../src/api/container-pool.js';
import type { Pod, PodSpec } from '../../src/api/kubernetes.js';
import { annotations, labels, optIn, states, stockGate } from '../../src/api/names.js';
import { isGated, isReady } from '../../src/line/index.js';
import { findCondition } from '../../src/runtime/index.js';
import { serves } from '../control-plane/serves.js';
import { image, lacks } from './environment.js';
import { closeGate } from './gate.js';
import { identityOf } from './observe.js';
import { Place } from './place.js';
import { idle } from './pool.js';

const example = fileURLToPath(new URL('../../examples/04-deployment-from-stock.yaml', import.meta.url));
const stockOf = (pool: string) => `${labels.state}=${states.stocked},${labels.pool}=${pool}`;

describe.skipIf(lacks('Deployments from stock on real containers'))('a Deployment on real containers', () => {
  let place: Place;
  const folder = mkdtempSync(join(tmpdir(), 'penstock-deployments-'));
  const kubectl = async (line: string) => (await place.kubectl(...line.split(' '))).trim();
  const words = async (line: string) => (await kubectl(line)).split(/\s+/).filter((word) => word !== '');
  const apply = async (name: string, text: string) => {
    const file = join(folder, `${name}.yaml`);
    writeFileSync(file, text);
    await place.kubectl('apply', '-f', file);
  };
  const rolledOut = (name: string) => kubectl(`rollout status deployment ${name} --timeout=180s`);
  /** Of the pods that stay: those that a ReplicaSet has deleted are to be seen for some seconds. */
  const pods = async (selector: string) => {
    const { items } = JSON.parse(await kubectl(`get pods -l ${selector} -o json`)) as {
      readonly items: readonly Pod[];
    };
    return items.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  };
  const containerIds = async (selector: string) => (await pods(selector)).map((pod) => identityOf(pod).id);
  const poolSays = (name: string, what: string, is: (status: Partial<ContainerPoolStatus>) => boolean) =>
    place.untilObject(ContainerPool, name, what, (pool) => is(pool?.status ?? {}));
  /** Asks the pods too: right after a delivery the pool's status still tells of the time before. */
  const full = async (name: string, count: number) => {
    const stock = () => pods(stockOf(name));
    await place.until(`${count} in stock`, stock, (all) => all.length === count && all.every(isReady));
    await poolSays(name, `to have ${count} in stock`, ({ ready, updated }) => ready === count && updated === count);
  };
  /** Of pods that a ReplicaSet has made itself; what came from stock is named after its pool. */
  const startedCold = async (deployment: string) => {
    const started = await words(
      `get events --field-selector reason=Scheduled -o jsonpath={..regarding.name}{..involvedObject.name}`,
    );
    return started.filter((name) => new RegExp(`^${deployment}-[a-z0-9]+-[a-z0-9]{5}$`).test(name));
  };

  beforeAll(async () => {
    place = await Place.open('deployments');
    await place.operator();
    await apply('web', readFileSync(example, 'utf8').replace('busybox:1.37-musl', image));
    await rolledOut('web');
    await kubectl('create service clusterip web --tcp=80:8080');
    await kubectl('create poddisruptionbudget web --selector=app=web --min-available=50%');
    await kubectl('wait cpool/web --for=condition=Available --timeout=180s');
  });
  afterAll(async () => {
    await place?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('gets containers that run already when it is scaled', async () => {
    const before = await containerIds('app=web');
    const inStock = await containerIds(stockOf('web'));
    expect([before.length, inStock.length]).toEqual([3, 17]);
    await kubectl('scale deployment web --replicas=20');
    await rolledOut('web');
    const after = await containerIds('app=web');
    expect(after.toSorted()).toEqual([...before, ...inStock].toSorted());
    expect((await pods('app=web')).map((pod) => identityOf(pod).restarts)).toEqual(after.map(() => 0));
    await poolSays('web', 'to count them', ({ delivered = 0 }) => delivered >= 17);
  });

  it('has them behind its Service and in its PodDisruptionBudget at once', async () => {
    const budget = () =>
      words('get poddisruptionbudget web -o jsonpath={.status.expectedPods},{.status.currentHealthy}');
    await place.until('the budget to count 20', budget, ([counts]) => counts === '20,20');
    const behind = () => words('get endpointslices -l kubernetes.io/service-name=web -o jsonpath={..addresses[*]}');
    const addresses = await place.until('20 endpoints', behind, (seen) => seen.length === 20);
    expect(new Set(addresses)).toEqual(new Set((await pods('app=web')).map(({ status }) => status?.podIP)));
  });

  it('is scaled down like any other, and up again from what was restocked', async () => {
    await full('web', 17);
    await kubectl('scale deployment web --replicas=4');
    const left = () => containerIds('app=web');
    await place.until('4 replicas', left, (ids) => ids.length === 4);
    // the ReplicaSet deletes replicas, never stock
    await full('web', 17);
    const inStock = new Set(await containerIds(stockOf('web')));
    const kept = new Set(await left());
    await kubectl('scale deployment web --replicas=12');
    await rolledOut('web');
    const added = (await left()).filter((id) => !kept.has(id));
    expect(added).toHaveLength(8);
    expect(added.filter((id) => !inStock.has(id))).toEqual([]);
  });

  it('rolls out cold, and is served from stock of the new template when that is there', async () => {
    await kubectl('scale cpool web --replicas=6');
    await kubectl('scale deployment web --replicas=3');
    await full('web', 6);
    const old = new Set(await containerIds(stockOf('web')));
    await kubectl('set env deployment/web RELEASE=2');
    await rolledOut('web');
    await full('web', 6);
    const inStock = new Set(await containerIds(stockOf('web')));
    expect([...inStock].filter((id) => old.has(id))).toEqual([]);
    await kubectl('scale deployment web --replicas=9');
    await rolledOut('web');
    expect((await containerIds('app=web')).filter((id) => inStock.has(id))).toHaveLength(6);
    const releases = (await pods('app=web')).map(({ spec }) => spec?.containers[0]?.env);
    expect(releases).toEqual(Array.from({ length: 9 }, () => [{ name: 'RELEASE', value: '2' }]));
  });

  it('scales up without the operator as if there were none', async () => {
    await place.onlyOperator().kill();
    await kubectl('scale deployment web --replicas=30');
    expect(await rolledOut('web')).toContain('successfully rolled out');
    expect(await containerIds('app=web')).toHaveLength(30);
    await kubectl('scale deployment web --replicas=1');
    await place.operator();
  });

  it('says on the pool what is wrong when the two do not name each other', async () => {
    await kubectl(`annotate deployment web ${optIn.pool}-`);
    const disagrees = ({ conditions }: Partial<ContainerPoolStatus>) =>
      findCondition(conditions, 'Degraded')?.reason === 'DeploymentDisagrees';
    const pool = await poolSays('web', 'to say that they disagree', disagrees);
    expect(findCondition(pool?.status?.conditions, 'Degraded')?.message).toContain(
      `kubectl annotate deployment web ${optIn.pool}=web`,
    );
    await kubectl(`annotate deployment web ${optIn.pool}=web`);
    await poolSays('web', 'to be for it again', (status) => !disagrees(status));
    await kubectl('delete cpool web');
    await kubectl('delete deployment web');
  });

  it('gets from stock only what its anti-affinity allows, also where no pod could be scheduled any more', async () => {
    // all nodes are one domain: there may be one replica
    const term = { topologyKey: 'kubernetes.io/os', labelSelector: { matchLabels: { app: 'alone' } } };
    const affinity = { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } };
    await apply('alone', manifest({ name: 'alone', replicas: 0, stock: 2, spec: { affinity } }));
    await full('alone', 2);
    const inStock = await containerIds(stockOf('alone'));
    await kubectl('scale deployment alone --replicas=2');
    const replicas = () => pods('app=alone');
    const seen = await place.until('one of two to be ready', replicas, (all) => all.filter(isReady).length === 1);
    expect(seen.filter(isReady).map((pod) => inStock.includes(identityOf(pod).id))).toEqual([true]);
    const events = () => kubectl('get events --field-selector reason=ColdStart -o jsonpath={..note}{..message}');
    expect(await place.until('an Event that says why', events, (text) => text !== '')).toContain(
      'no pod that the anti-affinity selects may be in the same kubernetes.io/os',
    );
    expect((await replicas()).filter(isReady)).toHaveLength(1);
    await kubectl('delete deployment,cpool alone');
  });

  it('has a replica that is asked to go replaced from stock, and not one request to its Service fails', async () => {
    await apply('served', manifest({ name: 'served', replicas: 3, stock: 2, command: serving }));
    await apply('client', manifest({ name: 'client', replicas: 1, stock: 0 }));
    await kubectl('create service clusterip served --tcp=80:8080');
    await rolledOut('served');
    await rolledOut('client');
    await full('served', 2);
    const inStock = await containerIds(stockOf('served'));
    const client = await kubectl('get pods -l app=client -o jsonpath={.items[0].metadata.name}');
    const slices = 'get endpointslices -l kubernetes.io/service-name=served -o json';
    let [requests, failures] = [0, 0];
    const ask = async () => {
      const { items } = JSON.parse(await kubectl(slices)) as { readonly items: readonly Slice[] };
      const behind = items.flatMap(({ endpoints }) => endpoints ?? []).filter(({ conditions }) => conditions?.ready);
      const address = behind[requests % behind.length]?.addresses[0];
      requests++;
      const line = `printf 'GET / HTTP/1.0\\r\\n\\r\\n' | nc -w 5 ${address} 8080 | tail -n 1`;
      const answer = await place
        .kubectl('exec', client, '--', 'sh', '-c', line)
        .catch((error: unknown) => String(error));
      if (answer.trim() !== 'served') failures++;
    };
    for (let first = 0; first < 3; first++) await ask();
    expect(failures).toBe(0);

    const [asked] = await pods('app=served');
    const node = asked?.spec?.nodeName;
    const requestedAt = new Date(place.clock.now()).toISOString();
    const request = JSON.stringify({ requester: 'example.com/test', requestedAt, reason: 'to be moved', node });
    await place.kubectl('annotate', 'pod', asked?.metadata.name ?? '', `${annotations.evictionRequest}=${request}`);
    let gone = false;
    const isGone = place
      .until(
        'it to be replaced',
        () => pods('app=served'),
        (all) => all.every(({ metadata }) => metadata.uid !== asked?.metadata.uid),
      )
      .finally(() => {
        gone = true;
      });
    // and for a while after: it is still ending then
    for (let after = 0; after < 20; after += gone ? 1 : 0) await ask();
    await isGone;
    expect([failures, requests > 20]).toEqual([0, true]);
    const ids = await containerIds('app=served');
    expect(ids).toHaveLength(3);
    expect(ids.filter((id) => inStock.includes(id))).toHaveLength(1);
    await full('served', 2);
    await kubectl('delete service,deployment,cpool served');
    await kubectl('delete deployment,cpool client');
  });

  it('is scaled from stock by a HorizontalPodAutoscaler that sees its load', async ({ skip }) => {
    if (process.env.PENSTOCK_REQUIRE_CONTROL_PLANE !== '1' && !(await measures(place)))
      skip('metrics.k8s.io is not served on this cluster: metrics-server is missing');
    await apply('busy', manifest({ name: 'busy', replicas: 1, stock: 3 }));
    await rolledOut('busy');
    await full('busy', 3);
    const inStock = await containerIds(stockOf('busy'));
    const first = await containerIds('app=busy');
    await kubectl('autoscale deployment busy --cpu=50% --min=1 --max=4');
    // a surplus one that is on its way out may still be listed
    const running = 'get pods -l app=busy --field-selector=status.phase=Running';
    const pod = await kubectl(`${running} -o jsonpath={.items[0].metadata.name}`);
    const load = '(while :; do :; done) >/dev/null 2>&1 &';
    await place.kubectl('exec', pod, '--', 'sh', '-c', load);
    const replicas = () => containerIds('app=busy');
    const ids = await place.until(
      'four replicas',
      async () => {
        await rolledOut('busy');
        return replicas();
      },
      (seen) => seen.length === 4,
    );
    expect(ids.toSorted()).toEqual([...first, ...inStock].toSorted());
    await kubectl('delete hpa,deployment,cpool busy');
  });

  describe('with the gate', () => {
    let served = true;
    let open: (() => Promise<void>) | undefined;
    const gates = () => words('get pods -l app=calm -o jsonpath={..schedulingGates[*].name}');

    beforeAll(async () => {
      served = await serves(place.cluster, MutatingAdmissionPolicy);
      if (!served) return;
      open = await closeGate(place);
      await apply('calm', manifest({ name: 'calm', replicas: 0, stock: 6, gate: 'true' }));
      await full('calm', 6);
    });
    beforeEach(({ skip }) => skip(!served, 'this API server has no MutatingAdmissionPolicy'));
    afterAll(() => open?.());

    it('starts nothing that it does not need', async () => {
      const inStock = await containerIds(stockOf('calm'));
      await kubectl('scale deployment calm --replicas=6');
      await rolledOut('calm');
      expect((await containerIds('app=calm')).toSorted()).toEqual(inStock.toSorted());
      expect(await startedCold('calm')).toEqual([]);
    });

    it('lets go what the stock has nothing for', async () => {
      await full('calm', 6);
      const inStock = await containerIds(stockOf('calm'));
      await kubectl('scale deployment calm --replicas=14');
      await rolledOut('calm');
      const ids = await containerIds('app=calm');
      expect(ids).toHaveLength(14);
      expect(ids.filter((id) => inStock.includes(id))).toHaveLength(6);
      expect(await gates()).toEqual([]);
    });

    it('waits while no operator runs, until the next one comes', async () => {
      await full('calm', 6);
      await place.onlyOperator().kill();
      await kubectl('scale deployment calm --replicas=16');
      const waiting = await place.until('two at the gate', gates, (seen) => seen.length === 2);
      expect(waiting).toEqual([stockGate, stockGate]);
      // as the docs say, for want of an operator
      const atTheGate = (await pods('app=calm')).find(isGated)?.metadata.name ?? '';
      const gateless = '[{"op":"remove","path":"/spec/schedulingGates"}]';
      await place.kubectl('patch', 'pod', atTheGate, '--type=json', '-p', gateless);
      await kubectl(`wait pod ${atTheGate} --for=condition=Ready --timeout=120s`);
      expect(await gates()).toEqual([stockGate]);
      await place.operator();
      await rolledOut('calm');
      expect(await gates()).toEqual([]);
    });

    it('is let go when its Deployment has no pool any more', async () => {
      await kubectl('delete cpool calm');
      await kubectl('scale deployment calm --replicas=18');
      expect(await rolledOut('calm')).toContain('successfully rolled out');
    });
  });
});

async function measures(place: Place): Promise<boolean> {
  try {
    return (await place.kubectl('get', '--raw', '/apis/metrics.k8s.io/v1beta1/nodes')).includes('usage');
  } catch {
    return false;
  }
}

interface Slice {
  readonly endpoints?: readonly {
    readonly addresses: readonly string[];
    readonly conditions?: { readonly ready?: boolean };
  }[];
}

/** Answers with a word; as the first process of its container it hears no SIGTERM, and serves until its grace is over. */
const serving = 'mkdir /www && echo served > /www/index.html && exec httpd -f -p 8080 -h /www';

interface Wanted {
  /** In place of one that does nothing. */
  readonly command?: string;
  readonly name: string;
  readonly replicas: number;
  readonly stock: number;
  readonly gate?: 'true';
  /** Of the pods, beside their container. */
  readonly spec?: Partial<PodSpec>;
}

/** A Deployment and its pool, of containers that may use a tenth of a core. */
function manifest({ name, replicas, stock, gate, spec, command = idle }: Wanted): string {
  const main = {
    name: 'main',
    image,
    command: ['sh', '-c', command],
    resources: { requests: { cpu: '10m', memory: '16Mi' }, limits: { cpu: '100m', memory: '32Mi' } },
  };
  const template = {
    metadata: { labels: { app: name }, ...(gate && { annotations: { [optIn.gate]: gate } }) },
    spec: {
      terminationGracePeriodSeconds: command === idle ? 2 : 5,
      automountServiceAccountToken: false,
      ...spec,
      containers: [main],
    },
  };
  const deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, annotations: { [optIn.pool]: name } },
    spec: { replicas, selector: { matchLabels: { app: name } }, template },
  };
  const pool = {
    apiVersion: 'penstock.dev/v1alpha1',
    kind: 'ContainerPool',
    metadata: { name },
    spec: { replicas: stock, fromDeployment: { name } },
  };
  return [deployment, pool].map((object) => stringify(object)).join('---\n');
}
