/** What the library promises to programs, on any cluster with an operator. */
import { expect } from 'vitest';
import { simulation } from '../../src/embedded/nodes/index.js';
import type { Claim, ClaimProgress, ErrorCode, Penstock } from '../../src/client/library.js';

export interface Setting {
  /** In a namespace of its own with the pools of `pools`, stocked. */
  readonly penstock: Penstock;
  /** A container is lost, as by an eviction. */
  readonly lose: (name: string) => Promise<void>;
}

const pool = (name: string, replicas: number, more: object = {}) => ({
  apiVersion: 'penstock.dev/v1alpha1',
  kind: 'ContainerPool',
  metadata: { name },
  spec: {
    replicas,
    template: {
      spec: {
        terminationGracePeriodSeconds: 0,
        containers: [
          {
            name: 'web',
            image: 'web:1',
            command: ['/web'],
            ports: [{ name: 'http', containerPort: 8080 }],
            resources: { requests: { cpu: '10m', memory: '16Mi' }, limits: { cpu: '20m', memory: '32Mi' } },
          },
        ],
      },
    },
    ...more,
  },
});

/** A pool whose programs end after a moment, with this code. */
const jobs = (name: string, exitCode: number) => ({
  ...pool(name, 2),
  spec: {
    replicas: 2,
    latch: { mode: 'Exec' },
    template: {
      metadata: { annotations: { [simulation.runFor]: '200ms', [simulation.exitCode]: String(exitCode) } },
      spec: {
        restartPolicy: 'Never',
        terminationGracePeriodSeconds: 0,
        containers: [{ name: 'job', image: 'job:1', command: ['/job'] }],
      },
    },
  },
});

/** `web` has stock, `empty` has none and `latched` a latch; the programs of `jobs` succeed, those of `failing` do not. */
export const pools = [
  pool('web', 4, { configuration: { files: ['site.yaml'] }, claims: { maxContainers: 10 } }),
  pool('empty', 0),
  pool('latched', 1, { latch: { mode: 'Exec' } }),
  jobs('jobs', 0),
  jobs('failing', 3),
];

const rejected = (code: ErrorCode, message: RegExp) =>
  expect.objectContaining({ name: 'PenstockError', code, message: expect.stringMatching(message) });

/** The containers of a claim that is gone end soon after it. */
async function ended(claim: Claim): Promise<void> {
  await expect.poll(() => claim.containers(), { timeout: 30_000 }).toEqual([]);
}

export const cases: Readonly<Record<string, (setting: Setting) => Promise<void>>> = {
  'waits for work that succeeds': async ({ penstock }) => {
    const claim = await penstock.claim({ pool: 'jobs', items: [{ count: 2 }] });
    const outcome = await claim.waitUntilComplete();
    expect(outcome).toMatchObject({ succeeded: 2, failed: 0, exitCode: 0, sentence: '2 containers succeeded' });
    expect(outcome.containers).toMatchObject([
      { index: 0, outcome: 'succeeded', exitCode: 0 },
      { index: 1, outcome: 'succeeded', exitCode: 0 },
    ]);
    // work that is done was ready for whoever waits for that
    expect(await claim.waitUntilReady()).toMatchObject({ stage: 'complete' });
    expect(await claim.containers()).toHaveLength(2);
    await claim.release();
    await ended(claim);
  },

  'tells work that fails by its exit code': async ({ penstock }) => {
    const claim = await penstock.claim({ pool: 'failing', items: [{ count: 1 }], backoffLimit: 0 });
    const outcome = await claim.waitUntilComplete();
    expect(outcome).toMatchObject({ succeeded: 0, failed: 1, exitCode: 3, containers: [{ outcome: 'failed' }] });
    await expect(claim.waitUntilReady()).rejects.toEqual(rejected('CLAIM_FAILED', /exit code 3/));
    await claim.release();
  },

  'does not wait for the end of what never ends': async ({ penstock }) => {
    const claim = await penstock.claim({ pool: 'web', items: [{ count: 1 }] });
    await expect(claim.waitUntilComplete()).rejects.toEqual(rejected('CLAIM_NEVER_COMPLETES', /restartPolicy: Always/));
    await claim.release();
  },

  'claims, waits, uses and releases': async ({ penstock }) => {
    const claim = await penstock.claim({
      pool: 'web',
      items: [
        { name: 'shop', count: 2, env: { SITE: 'shop' }, files: { 'site.yaml': 'a: b\n' }, labels: { site: 'shop' } },
        { name: 'blog', count: 1, resources: { limits: { cpu: '40m' } } },
      ],
    });
    expect(claim.name).toMatch(/^web-[a-z0-9]{10}$/);
    const told: ClaimProgress[] = [];
    const end = await claim.waitUntilReady({ onProgress: (progress) => told.push(progress) });
    expect(end).toMatchObject({ stage: 'ready', desired: 3, delivered: 3, ready: 3 });
    expect(told.at(-1)).toEqual(end);
    const containers = await claim.containers();
    expect(containers.map(({ item, index, ready }) => [item, index, ready])).toEqual([
      ['shop', 0, true],
      ['shop', 1, true],
      ['blog', 2, true],
    ]);
    for (const { ip, node, ports, namespace, deliveredAt } of containers) {
      expect(ip).toMatch(/^\d+\.\d+\.\d+\.\d+$/);
      expect(node).not.toBe('');
      expect(ports).toEqual([{ name: 'http', port: 8080, protocol: 'TCP' }]);
      expect(namespace).toBe(penstock.namespace);
      expect(deliveredAt).toMatch(/^\d{4}-/);
    }
    expect(containers[0]?.pod.metadata).toMatchObject({
      labels: { site: 'shop' },
      annotations: { 'penstock.dev/env': '{"SITE":"shop"}', 'file.penstock.dev/site.yaml': 'a: b\n' },
    });
    expect(containers[2]?.pod.spec?.containers[0]?.resources?.limits?.cpu).toBe('40m');
    await claim.release();
    await claim.release();
    await ended(claim);
    await expect(claim.progress()).rejects.toEqual(rejected('CLAIM_GONE', /somebody deleted/));
  },

  'asked for twice by its name, a claim is the same; asked for otherwise, it is refused': async ({ penstock }) => {
    const request = { name: 'job', pool: 'web', items: [{ count: 1 }], labels: { app: 'ci' } };
    const [one, two] = await Promise.all([penstock.claim(request), penstock.claim(request)]);
    expect(two.uid).toBe(one.uid);
    await two.waitUntilReady();
    expect((await penstock.attach('job')).uid).toBe(one.uid);
    expect((await penstock.claims({ labels: 'app=ci' })).map(({ name }) => name)).toEqual(['job']);
    await expect(penstock.claim({ ...request, items: [{ count: 2 }] })).rejects.toEqual(
      rejected('IMMUTABLE', /exists already with another spec/),
    );
    await one.release();
    await expect(penstock.attach('job')).rejects.toEqual(rejected('CLAIM_NOT_FOUND', /no claim job/));
    const anew = await penstock.claim(request);
    expect(anew.uid).not.toBe(one.uid);
    // the handle of the one before leaves its successor alone
    await one.release();
    await expect(one.waitUntilReady()).rejects.toEqual(rejected('CLAIM_GONE', /job/));
    await ended(one);
    await anew.waitUntilReady();
    await anew.release();
  },

  'says by a code what is wrong, before anything is sent': async ({ penstock }) => {
    const ask = (pool: string, item: object, more: object = {}) =>
      penstock.claim({ pool, items: [{ count: 1, ...item }], ...more });
    await expect(ask('webb', {})).rejects.toEqual(rejected('POOL_NOT_FOUND', /no pool webb/));
    await expect(ask('web', { count: 11 })).rejects.toEqual(rejected('CLAIM_NOT_ALLOWED', /at most 10/));
    await expect(ask('web', { env: { KEY: Uint8Array.of(255) } })).rejects.toEqual(
      rejected('CLAIM_NOT_ALLOWED', /latch/),
    );
    await expect(ask('web', { count: 0 })).rejects.toEqual(rejected('INVALID', /items\[0\]\.count/));
    await expect(ask('web', {}, { minAvailble: 1 })).rejects.toEqual(
      rejected('INVALID', /did you mean `minAvailable`/),
    );
    await expect(penstock.pool('webb')).rejects.toMatchObject({ hint: expect.stringContaining('did you mean web?') });
    expect(await penstock.claims()).toEqual([]);
  },

  'a deadline that passes, and an empty stock that does not wait': async ({ penstock }) => {
    const late = await penstock.claim({ pool: 'empty', items: [{ count: 1 }], deadline: '1s' });
    await expect(late.waitUntilReady()).rejects.toEqual(rejected('CLAIM_TIMED_OUT', /0 of 1 containers/));
    expect(await late.progress()).toMatchObject({ stage: 'ended', reason: 'DeadlineExceeded' });
    const failed = await penstock.claim({ pool: 'empty', items: [{ count: 1 }], whenEmpty: 'Fail' });
    await expect(failed.waitUntilReady()).rejects.toEqual(rejected('CLAIM_FAILED', /0 of 1 containers/));
    await Promise.all([late.release(), failed.release()]);
  },

  'as many as there are': async ({ penstock }) => {
    await using claim = await penstock.claim({
      pool: 'web',
      items: [{ count: 10 }],
      minAvailable: 1,
      whenEmpty: 'Fail',
    });
    const { stage, desired, delivered, reason } = await claim.waitUntilReady();
    expect({ stage, desired, reason }).toEqual({ stage: 'ready', desired: 10, reason: 'Partial' });
    expect(await claim.containers()).toHaveLength(delivered);
    expect(delivered).toBeLessThan(10);
  },

  'cold, where it may be': async ({ penstock }) => {
    await using claim = await penstock.claim({ pool: 'empty', items: [{ count: 1 }], whenEmpty: 'Cold' });
    await claim.waitUntilReady();
    expect((await claim.containers()).map(({ origin }) => origin)).toEqual(['cold']);
  },

  'bytes, and files with permissions, through a latch': async ({ penstock }) => {
    await using claim = await penstock.claim({
      pool: 'latched',
      items: [{ count: 1, env: { KEY: Uint8Array.of(255, 1) }, files: { run: { content: '#!/x', mode: '0755' } } }],
    });
    await claim.waitUntilReady();
    const [container] = await claim.containers();
    expect(container?.pod.metadata.annotations?.['penstock.dev/latch']).toMatch(
      /env KEY=\\0377.*\nfile 0?755 run #!\/x/s,
    );
  },

  'an abort ends a wait at once, and leaves the claim': async ({ penstock }) => {
    const claim = await penstock.claim({ pool: 'empty', items: [{ count: 1 }] });
    const waiting = new AbortController();
    const reason = new Error('enough');
    const wait = claim.waitUntilReady({
      signal: waiting.signal,
      onProgress: ({ stage }) => {
        if (stage === 'waiting') waiting.abort(reason);
      },
    });
    await expect(wait).rejects.toBe(reason);
    expect(await claim.progress()).toMatchObject({ stage: 'waiting', delivered: 0 });
    await expect(claim.containers({ signal: waiting.signal })).rejects.toBe(reason);
    await claim.release();
  },

  'a claim that is deleted meanwhile': async ({ penstock }) => {
    const claim = await penstock.claim({ pool: 'empty', items: [{ count: 1 }] });
    let released: Promise<void> | undefined;
    const onProgress = ({ stage }: ClaimProgress) => {
      if (stage === 'waiting') released ??= claim.release();
    };
    await expect(claim.waitUntilReady({ onProgress })).rejects.toEqual(rejected('CLAIM_GONE', /somebody deleted/));
    await released;
  },

  'a request that is aborted leaves nothing behind': async ({ penstock }) => {
    const aborted = new AbortController();
    const asking = penstock.claim({ pool: 'empty', items: [{ count: 1 }] }, { signal: aborted.signal });
    aborted.abort();
    await expect(asking).rejects.toBe(aborted.signal.reason);
    expect(await penstock.claims()).toEqual([]);
    const named = penstock.claim({ name: 'kept', pool: 'web', items: [{ count: 1 }] }, { signal: aborted.signal });
    await expect(named).rejects.toBe(aborted.signal.reason);
    await expect(penstock.attach('kept')).rejects.toMatchObject({ code: 'CLAIM_NOT_FOUND' });
  },

  'the replacement of a lost container, under the same number': async ({ penstock, lose }) => {
    await using claim = await penstock.claim({ pool: 'web', items: [{ count: 2 }] });
    await claim.waitUntilReady();
    const [first, second] = await claim.containers();
    await lose(second?.name ?? '');
    for await (const { stage } of claim.changes()) {
      const now = await claim.containers();
      if (stage === 'ready' && now.length === 2 && now[1]?.name !== second?.name) break;
    }
    expect((await claim.containers()).map(({ index, name }) => [index, name === first?.name])).toEqual([
      [0, true],
      [1, false],
    ]);
  },

  'the stock of a pool': async ({ penstock }) => {
    expect(await penstock.pool('empty')).toMatchObject({ name: 'empty', desired: 0, ready: 0, starting: 0 });
    expect((await penstock.pool('web')).desired).toBe(4);
  },
};
