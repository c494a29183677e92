/** The command line as a process: what only a process can get wrong. */
import { execFile, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const main = `${root}/dist/cli/main.js`;

beforeAll(async () => {
  await promisify(execFile)(
    process.execPath,
    [`${root}/node_modules/typescript/bin/tsc`, '-p', 'tsconfig.build.json', '--noCheck'],
    {
      cwd: root,
    },
  );
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
