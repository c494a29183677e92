/** The command line as a process: what only a process can get wrong. */
import { execFile, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { Lease } from '../../src/api/kubernetes.js';
import { installCrds } from '../../src/cluster/crds.js';
import { leaseName } from '../../src/install/names.js';
import { second as seconds } from '../../src/support/time.js';
import { controlPlane, lacks, pathOf } from '../control-plane/binaries.js';
import { ControlPlane } from '../control-plane/control-plane.js';
import { OperatorProcess } from '../operator-process.js';
import { builtProgram } from '../program.js';
import { clientOf, clock } from '../runtime-real/real-world.js';

let main: string;
beforeAll(async () => {
  main = await builtProgram();
});

interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function penstock(
  args: readonly string[],
  onOutput: (text: string, stop: () => void) => void = () => {},
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [main, ...args], { env: { PATH: process.env.PATH, HOME: '/nonexistent' } });
    const text = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (data: string) => {
      text.stdout += data;
      onOutput(text.stdout, () => child.kill('SIGINT'));
    });
    child.stderr.setEncoding('utf8').on('data', (data: string) => {
      text.stderr += data;
    });
    child.on('error', reject).on('close', (code) => resolve({ code, ...text }));
  });
}

test('its version, and the exit codes of what goes wrong', async () => {
  expect(await penstock(['--version'])).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
  expect(await penstock(['delivr'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('Did you mean deliver?'),
  });
  expect(await penstock(['pool', 'list'])).toMatchObject({
    code: 4,
    stderr: expect.stringMatching(/^error: no cluster/),
  });
});

test('Ctrl-C ends the demo, and it clears up', async () => {
  let interrupted = false;
  const { code, stdout, stderr } = await penstock(['demo', '--containers', '30', '--claim', '10'], (text, stop) => {
    if (interrupted || !text.includes('Stocking pool')) return;
    interrupted = true;
    stop();
  });
  expect(stderr).toBe('error: interrupted\n');
  expect(stdout).toContain('Clearing up');
  expect(code).toBe(130);
});

describe.skipIf(lacks(['kubectl'], 'kubectl penstock'))('as a plugin of kubectl', () => {
  const folder = mkdtempSync(join(tmpdir(), 'penstock-plugin-'));
  const kubectl = (...args: readonly string[]) => {
    const env = { PATH: `${folder}:${process.env.PATH}`, HOME: '/nonexistent' };
    return promisify(execFile)(pathOf('kubectl'), ['penstock', ...args], { env });
  };
  beforeAll(() => {
    chmodSync(main, 0o755);
    symlinkSync(main, join(folder, 'kubectl-penstock'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('it runs, and its help says how it is called', async () => {
    expect((await kubectl('--version')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    const { stdout } = await kubectl('install', '--help');
    expect(stdout).toContain('Usage: kubectl penstock install [options]\n');
    expect(stdout).toContain('  kubectl penstock install --print | kubectl apply -f -  ');
    expect(stdout).not.toMatch(/(?<!kubectl )penstock (install|run)/);
  });

  test('so do its messages', async () => {
    await expect(kubectl('claim', 'lits')).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/see kubectl penstock claim --help/),
    });
    await expect(kubectl('nodes')).rejects.toMatchObject({
      code: expect.any(Number),
      stderr: expect.not.stringMatching(/(?<!kubectl )penstock [a-z]/),
    });
  });
});

describe.skipIf(lacks(controlPlane, 'operators as processes'))('of two operators', () => {
  let plane: ControlPlane;
  let cluster: ReturnType<typeof clientOf>['cluster'];
  let running: readonly OperatorProcess[] = [];
  const lease = () => cluster.get(Lease, { namespace: 'default', name: leaseName });
  const start = async () => {
    const operator = await OperatorProcess.start({ program: main, kubeconfig: plane.kubeconfig, namespace: 'default' });
    running = [...running, operator];
    return operator;
  };
  /** Until another one holds the lease than `before`; with the record before that. Watched: the lease may be free for a moment only. */
  const taken = async ({ spec, metadata: { resourceVersion } }: Lease) => {
    const end = new AbortController();
    try {
      let last = spec ?? {};
      const query = { namespace: 'default', since: resourceVersion };
      for await (const event of cluster.watch(Lease, query, { signal: end.signal })) {
        if (event.type !== 'MODIFIED' || event.object.metadata.name !== leaseName) continue;
        const next = event.object.spec ?? {};
        if (next.holderIdentity && next.holderIdentity !== spec?.holderIdentity) return { last, next };
        last = next;
      }
    } finally {
      end.abort();
    }
    throw new Error('the watch of the lease ended');
  };
  const leads = (operator: OperatorProcess) => operator.log().includes('"msg":"leading"');

  beforeAll(async () => {
    plane = await ControlPlane.start();
    ({ cluster } = clientOf(plane, plane.url));
    await installCrds(cluster, clock);
  });
  afterEach(async () => {
    for (const operator of running) await operator.stop();
    running = [];
  });
  afterAll(async () => {
    cluster?.close();
    await plane?.stop();
  });

  test('the second leads at once when the first is asked to go', async () => {
    const [first, second] = [await start(), await start()];
    await expect.poll(() => leads(first), { timeout: 30_000 }).toBe(true);
    expect(leads(second)).toBe(false);
    const before = await lease();
    const handedOver = taken(before);
    await first.stop();
    const { last, next } = await handedOver;
    // given back, not run out: the record says that nobody held it in between
    expect(last.holderIdentity).toBe('');
    expect(next.leaseTransitions).toBe((before.spec?.leaseTransitions ?? 0) + 1);
    await expect.poll(() => leads(second), { timeout: 30_000 }).toBe(true);
  });

  test('the second leads within 5 s of the last sign of life of one that was killed', async () => {
    const [first, second] = [await start(), await start()];
    await expect.poll(() => leads(first), { timeout: 30_000 }).toBe(true);
    const takenOver = taken(await lease());
    await first.kill();
    const { last, next } = await takenOver;
    const gap = Date.parse(next.acquireTime ?? '') - Date.parse(last.renewTime ?? '');
    // not before the lease has run out, or two might lead
    expect(gap).toBeGreaterThanOrEqual(3.5 * seconds);
    expect(gap).toBeLessThanOrEqual(5 * seconds);
    await expect.poll(() => leads(second), { timeout: 30_000 }).toBe(true);
  });
});
