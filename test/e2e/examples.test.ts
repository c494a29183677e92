/** The examples with real containers: what their comments say is what is seen inside. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isMap, parseAllDocuments } from 'yaml';
import { ContainerClaim } from '../../src/api/container-claim.js';
import { ContainerPool } from '../../src/api/container-pool.js';
import { Pod } from '../../src/api/kubernetes.js';
import { type Container, Penstock } from '../../src/client/library.js';
import { ends, endsOf, manifests, outcomesOf, textOf } from '../examples/outcome.js';
import { image, lacks } from './environment.js';
import { Place } from './place.js';

const runner = fileURLToPath(new URL('../../examples/ci-runner', import.meta.url));

/** The manifest with the image that this cluster has, for the containers and for the latch. */
function withImage(text: string): string {
  const documents = parseAllDocuments(text);
  for (const document of documents) {
    if (document.get('kind') !== 'ContainerPool') continue;
    document.setIn(['spec', 'template', 'spec', 'containers', 0, 'image'], image);
    if (isMap(document.getIn(['spec', 'latch']))) document.setIn(['spec', 'latch', 'image'], image);
  }
  return documents.map((document) => document.toString()).join('---\n');
}

describe.skipIf(lacks('the examples with real containers'))('the examples', () => {
  let place: Place;
  let penstock: Penstock;
  const folder = mkdtempSync(join(tmpdir(), 'penstock-examples-'));

  const apply = async (text: string) => {
    const file = join(folder, 'example.yaml');
    writeFileSync(file, withImage(text));
    await place.kubectl('apply', '--filename', file);
  };
  const logs = ({ name, pod }: Container) =>
    place.kubectl('logs', name, '--container', pod.spec?.containers[0]?.name ?? '');
  /** Applies an example, sees how its claims end, and gives the containers of one of them. */
  const played = async (name: string, claim: string): Promise<readonly Container[]> => {
    const [, path = ''] = manifests.find(([known]) => known === name) ?? [];
    await apply(textOf(path));
    expect(endsOf(await outcomesOf(penstock))).toMatchObject(ends[name] ?? {});
    return (await penstock.attach(claim)).containers();
  };
  const readyPool = (name: string, ready: number) =>
    place.untilObject(ContainerPool, name, 'to be full', (pool) => (pool?.status?.ready ?? 0) >= ready);

  beforeAll(async () => {
    place = await Place.open('examples');
    await place.operator();
    const { kubeconfig, namespace } = place;
    penstock = await Penstock.connect({ kubeconfig, namespace });
  });
  afterAll(async () => {
    penstock?.close();
    await place?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('02: each item has its own configuration and size', async () => {
    const containers = await played('02-batch-of-different-items.yaml', 'batch');
    const [shop, , , blog, , search] = containers;
    expect([shop?.item, blog?.item, search?.item]).toEqual(['shop', 'blog', 'search']);
    if (!shop || !blog || !search) throw new Error('containers are missing');
    const read = ({ pod }: Container) => place.inContainer(pod, 'cat /etc/penstock/env.json /etc/penstock/site.yaml');
    await place.until(
      'its files',
      () => read(shop),
      (text) => text === '{"SITE":"shop"}title: The shop\n',
    );
    await place.until(
      'its files',
      () => read(blog),
      (text) => text === '{"SITE":"blog"}title: The blog\n',
    );
    const { namespace } = place;
    const now = await place.cluster.get(Pod, { namespace, name: search.name });
    expect(now.status?.containerStatuses?.[0]).toMatchObject({
      restartCount: 0,
      resources: { limits: { cpu: '200m', memory: '64Mi' } },
    });
  });

  it('03: the process has the environment, and its file may be run', async () => {
    const [greeter] = await played('03-environment-of-the-process.yaml', 'greeting');
    if (!greeter) throw new Error('there is no container');
    const said = await place.until(
      'its words',
      () => logs(greeter),
      (text) => text.split('\n').length > 2,
    );
    expect(said).toBe('Hello, Ada!\nat work for Ada\n');
  });

  it('05: the Secret is there when the program starts', async () => {
    const clients = await played('05-secret-with-the-delivery.yaml', 'logged-in');
    for (const client of clients) {
      const said = await place.until(
        'its words',
        () => logs(client),
        (text) => text !== '',
      );
      expect(said).toBe('token of 14 characters\n');
    }
  });

  it('06: the containers come back clean, and are the same', async () => {
    const containers = await played('06-back-to-its-tenant.yaml', 'blue-1');
    const ids = ({ pod }: Pick<Container, 'pod'>) =>
      pod.status?.containerStatuses?.map(({ containerID }) => containerID);
    for (const { pod } of containers) {
      const owner = () => place.inContainer(pod, 'cat /tmp/owner 2>/dev/null || true');
      await place.until('the program to have started', owner, (text) => text === 'ada\n');
    }
    await (await penstock.attach('blue-1')).release();
    await place.untilObject(ContainerPool, 'notebooks', 'to have them back', (pool) => pool?.status?.returned === 2);
    for (const { pod, name } of containers) {
      // a look that comes while the latch cleans up is swept away with the rest
      const left = () => place.inContainer(pod, 'ls -A /tmp').catch(() => 'not to be seen');
      expect(await place.until('it to be clean', left, (files) => files === '')).toBe('');
      const now = await place.cluster.get(Pod, { namespace: place.namespace, name });
      expect(ids({ pod: now })).toEqual(ids({ pod }));
    }
  });

  it('ci-runner: runs its script in every container, with the shard of each', async () => {
    await apply(textOf(join(runner, 'pool.yaml')));
    await readyPool('ci-runners', 3);
    const { kubeconfig, namespace } = place;
    const args = [join(runner, 'main.js'), '--kubeconfig', kubeconfig, '--namespace', namespace, '--shards', '3'];
    const path = [process.env.KUBEBUILDER_ASSETS ?? '', process.env.PATH ?? ''].join(delimiter);
    const { stdout } = await promisify(execFile)(process.execPath, args, { env: { ...process.env, PATH: path } });
    expect(stdout.trimEnd().split('\n').sort()).toEqual([0, 1, 2].map((shard) => `shard ${shard} of 3`));
    const { items } = await place.cluster.list(ContainerClaim, { namespace });
    expect(items.filter(({ spec }) => spec.pool.name === 'ci-runners')).toEqual([]);
  });
});
