import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { wrapped } from '../../../test/wrapped-cluster.js';
import { Namespace, Node, Pod } from '../../api/kubernetes.js';
import type { Resource } from '../../api/meta/resource.js';
import { Expired, Forbidden } from '../../cluster/errors.js';
import type { Cluster } from '../../cluster/cluster.js';
import { EmbeddedCluster } from '../../embedded/index.js';
import { seededRandom } from '../../support/random.js';
import { minute, second } from '../../support/time.js';
import { VirtualClock } from '../../support/virtual-clock.js';
import { nodeObject } from '../engine/objects.js';
import { asGiven, hidden } from './naming.js';
import type { Header, SnapshotLine } from './record.js';
import { openSnapshot, writeSnapshotFile } from './snapshot-file.js';
import { summarize } from './summary.js';
import { takeSnapshot, type TakeOptions } from './take-snapshot.js';

const folder = mkdtempSync(join(tmpdir(), 'penstock-snapshot-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;
const newPath = () => join(folder, `${files++}.snapshot`);

const template = (cpu: string) => ({ containers: [{ name: 'main', image: 'a:1', resources: { requests: { cpu } } }] });

async function aCluster() {
  const clock = new VirtualClock();
  const cluster = new EmbeddedCluster({ clock, random: seededRandom(1) });
  await cluster.create(Namespace, { metadata: { name: 'team' } });
  const { status } = nodeObject('n', { cpu: 4000, memory: 2 ** 30 });
  for (const name of ['n0', 'n1']) {
    await cluster.create(Node, { metadata: { name } });
    await cluster.patch(Node, { name }, { type: 'merge', body: { status } }, { subresource: 'status' });
  }
  for (let index = 0; index < 3; index++)
    await cluster.create(Pod, {
      metadata: { namespace: 'team', name: `p${index}` },
      spec: { ...template('500m'), ...(index < 2 && { nodeName: `n${index}` }) },
    });
  return { clock, cluster };
}

const source = {
  name: 'test',
  read: (nodes: readonly Node[], report: { sample(sample: object): void }) => {
    for (const { metadata } of nodes)
      report.sample({
        node: metadata.name,
        from: 0,
        to: 1,
        use: { cpu: 250 },
        pods: new Map([['team/p0', { cpu: 100 }]]),
      });
    return Promise.resolve();
  },
} as const;

async function linesOf(clock: VirtualClock, options: Partial<TakeOptions> & { readonly cluster: Cluster }) {
  const lines: (Header | SnapshotLine)[] = [];
  const write = (line: Header | SnapshotLine) => {
    lines.push(line);
    return Promise.resolve();
  };
  const taken = takeSnapshot(
    {
      clock,
      program: '1.2.3',
      naming: asGiven,
      anonymous: false,
      watch: 0,
      signal: new AbortController().signal,
      ...options,
    },
    write,
  );
  const lacking = await clock.settle(taken, 60 * minute);
  return { lines, lacking };
}

describe('a snapshot', () => {
  test('has what there is, and what is used', async () => {
    const { clock, cluster } = await aCluster();
    const path = newPath();
    const taken = writeSnapshotFile(path, (write) =>
      takeSnapshot(
        {
          cluster,
          clock,
          program: '1.2.3',
          server: 'v1.37.2',
          naming: asGiven,
          anonymous: false,
          useSource: () => source,
          watch: 0,
          signal: new AbortController().signal,
        },
        write,
      ),
    );
    expect(await taken).toEqual([]);
    expect(existsSync(`${path}.part`)).toBe(false);
    const summary = await summarize(await openSnapshot(path));
    expect(summary.header).toMatchObject({ program: '1.2.3', server: 'v1.37.2', version: 1, anonymous: false });
    expect(summary.pods).toEqual({ onNodes: 2, waiting: 1, ended: 0 });
    expect(summary.resources['cpu']).toEqual({ allocatable: 8000, requested: 1000, used: 500 });
    expect(summary.end.objects).toMatchObject({ Node: 2, Pod: 3, Namespace: expect.any(Number) });
  });

  test('says what may not be read, and goes on', async () => {
    const { clock, cluster } = await aCluster();
    const list = ((kind, query, options) => {
      if (kind.name === 'PodDisruptionBudget') throw new Forbidden('no');
      return cluster.list(kind, query, options);
    }) as Cluster['list'];
    const { lines, lacking } = await linesOf(clock, { cluster: wrapped(cluster, { list }) });
    const sentence = 'poddisruptionbudgets may not be listed: every pod counts as one that may be evicted';
    expect(lacking).toEqual([sentence]);
    expect(lines.at(-1)).toMatchObject({ end: { lacking: [sentence], objects: { Pod: 3 } } });
  });

  test('is none where pods may not be read', async () => {
    const { clock, cluster } = await aCluster();
    const list = ((kind, query, options) => {
      if (kind.name === 'Pod') throw new Forbidden('no');
      return cluster.list(kind, query, options);
    }) as Cluster['list'];
    await expect(linesOf(clock, { cluster: wrapped(cluster, { list }) })).rejects.toThrow(Forbidden);
  });

  test('begins again where a list took too long', async () => {
    const { clock, cluster } = await aCluster();
    const list = (async (kind, query, options) => {
      if (query?.continue !== undefined) throw new Expired('gone');
      const page = await cluster.list(kind, query, options);
      return kind.name === 'Pod' && query?.limit !== undefined
        ? { ...page, items: page.items.slice(0, 1), continue: 'x' }
        : page;
    }) as Cluster['list'];
    const { lines } = await linesOf(clock, { cluster: wrapped(cluster, { list }) });
    const pods = lines.flatMap((line) =>
      'object' in line && line.object.kind === 'Pod' ? [line.object.metadata.name] : [],
    );
    expect(new Set(pods)).toEqual(new Set(['p0', 'p1', 'p2']));
  });

  test('has what comes, changes and goes while it is watched', async () => {
    const { clock, cluster } = await aCluster();
    clock.at(clock.now() + 30 * second, () => {
      void cluster.create(Pod, { metadata: { namespace: 'team', name: 'late' }, spec: template('1') });
    });
    clock.at(clock.now() + 40 * second, () => {
      void cluster.remove(Pod, { namespace: 'team', name: 'p2' }, { gracePeriodSeconds: 0 });
    });
    // what is not kept is no change
    clock.at(clock.now() + 50 * second, () => {
      const body = { metadata: { annotations: { secret: 'x' } } };
      void cluster.patch(Pod, { namespace: 'team', name: 'p0' }, { type: 'merge', body });
      void cluster.patch(
        Pod,
        { namespace: 'team', name: 'p0' },
        { type: 'merge', body: { metadata: { annotations: { b: 'y' } } } },
      );
    });
    const { lines } = await linesOf(clock, { cluster, watch: 5 * minute, useSource: () => source });
    const events = lines.flatMap((line) =>
      'event' in line ? [`${line.event.type} ${line.event.object.metadata.name}`] : [],
    );
    expect(events).toEqual(['ADDED late', 'MODIFIED p2', 'DELETED p2', 'MODIFIED p0']);
    // one reading at the beginning, and one a minute
    expect(lines.filter((line) => 'use' in line)).toHaveLength(2 * 6);
    expect(lines.at(-1)).toMatchObject({ end: { events: 4, uses: 12 } });
  });

  test('goes on watching where that fails, and gives up at last', async () => {
    const { clock, cluster } = await aCluster();
    let calls = 0;
    const watch: Cluster['watch'] = (kind, query, options) => {
      if (kind.name === 'Node') throw new Error('the connection broke');
      if (kind.name === 'Pod' && calls++ === 0) throw new Error('the connection broke');
      return cluster.watch(kind, query, options);
    };
    clock.at(clock.now() + 30 * second, () => {
      void cluster.remove(Pod, { namespace: 'team', name: 'p2' }, { gracePeriodSeconds: 0 });
    });
    const { lines, lacking } = await linesOf(clock, { cluster: wrapped(cluster, { watch }), watch: 5 * minute });
    expect(lacking).toEqual(['nodes could not be watched to the end: the connection broke']);
    expect(lines.filter((line) => 'event' in line)).toHaveLength(2);
  });

  test('ends early where it is told to, while use is read too, and is whole', async () => {
    const { clock, cluster } = await aCluster();
    const ended = new AbortController();
    let reads = 0;
    const stuck = {
      name: 'stuck',
      read: (_nodes: readonly Node[], _report: object, signal: AbortSignal) =>
        reads++ === 0
          ? Promise.resolve()
          : new Promise<void>((_, reject) => {
              signal.addEventListener('abort', () => reject(new Error('aborted')));
            }),
    };
    clock.at(clock.now() + 90 * second, () => ended.abort());
    const { lines } = await linesOf(clock, {
      cluster,
      watch: 60 * minute,
      useSource: () => stuck,
      signal: ended.signal,
    });
    expect(lines.at(-1)).toMatchObject({ end: { objects: { Pod: 3 } } });
  });

  test('ends early where it is told to, and is whole', async () => {
    const { clock, cluster } = await aCluster();
    const ended = new AbortController();
    clock.at(clock.now() + 90 * second, () => ended.abort());
    const { lines } = await linesOf(clock, { cluster, watch: 60 * minute, signal: ended.signal });
    expect(lines.at(-1)).toMatchObject({ end: { objects: { Pod: 3 } } });
  });

  test('hides names of use as it does those of objects', async () => {
    const { clock, cluster } = await aCluster();
    const { lines } = await linesOf(clock, {
      cluster,
      naming: hidden('salt'),
      anonymous: true,
      useSource: () => source,
    });
    const text = JSON.stringify(lines);
    for (const name of ['team', '"p0', '"n0']) expect(text).not.toContain(name);
    const nodes = lines.flatMap((line) =>
      'object' in line && line.object.kind === 'Node' ? [line.object.metadata.name] : [],
    );
    const measured = lines.flatMap((line) => ('use' in line ? [line.use.node] : []));
    expect(measured).toEqual(nodes);
  });
});

describe('the file of a snapshot', () => {
  const header: Header = {
    format: 'penstock-cluster-snapshot',
    version: 1,
    takenAt: 0,
    program: '1',
    anonymous: false,
  };
  const end: SnapshotLine = { end: { at: 1, objects: {}, uses: 0, events: 0, lacking: [] } };
  const written = (...lines: readonly unknown[]) => {
    const path = newPath();
    writeFileSync(path, gzipSync(lines.map((line) => `${JSON.stringify(line)}\n`).join('')));
    return path;
  };
  const read = async (path: string) => summarize(await openSnapshot(path));

  test.each([
    ['that is not there', () => newPath(), 'cannot be read'],
    ['of something else', () => written({ apiVersion: 'v1' }), 'is no snapshot of Penstock'],
    [
      'that is not compressed',
      () => (writeFileSync(join(folder, 'plain'), 'hello\n'), join(folder, 'plain')),
      'is no snapshot',
    ],
    ['that is empty', () => (writeFileSync(join(folder, 'empty'), ''), join(folder, 'empty')), 'is no snapshot'],
    [
      'of a later version',
      () => written({ ...header, version: 2, program: '9.9' }, end),
      'was made by Penstock 9.9, in version 2',
    ],
    ['that lacks its end', () => written(header, { object: pod }), 'is cut off after line 2'],
    ['with a line that is none', () => written(header, { objet: {} }, end), 'line 2 once unpacked'],
  ])('%s is refused', async (_, path, message) => {
    await expect(read(path())).rejects.toThrow(message);
  });

  test('that is cut off anywhere is refused', async () => {
    const lines = Array.from({ length: 50 }, (_, index) => ({
      object: { ...pod, metadata: { ...pod.metadata, name: `p${index}` } },
    }));
    const whole = readFileSync(written(header, ...lines, end));
    for (const share of [0.2, 0.5, 0.9]) {
      const path = newPath();
      writeFileSync(path, whole.subarray(0, Math.floor(share * whole.length)));
      await expect(read(path)).rejects.toThrow(/cut off|is no snapshot/);
    }
  });

  test('is not there when something went wrong, and what was there before stays', async () => {
    const path = newPath();
    await writeSnapshotFile(path, (write) => write(header));
    const before = gunzipSync(readFileSync(path)).toString();
    await expect(
      writeSnapshotFile(path, async (write) => {
        await write(end);
        throw new Error('the cluster is gone');
      }),
    ).rejects.toThrow('the cluster is gone');
    expect(gunzipSync(readFileSync(path)).toString()).toBe(before);
    expect(existsSync(`${path}.part`)).toBe(false);
    await expect(writeSnapshotFile(join(folder, 'none', 'x'), (write) => write(header))).rejects.toThrow(
      'cannot be written',
    );
  });
});

const pod: Resource = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', uid: 'u', resourceVersion: '1', creationTimestamp: '' },
};
