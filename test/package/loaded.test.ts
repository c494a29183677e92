/** What Node.js opens to start: each file and package costs time and memory, and one import in the wrong place brings hundreds. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { builtProgram } from '../program.js';

const folder = mkdtempSync(join(tmpdir(), 'penstock-loaded-'));
const log = join(folder, 'log');
const observer = join(folder, 'observer.mjs');
let dist: string;
beforeAll(async () => {
  dist = resolve(dirname(await builtProgram()), '..');
  const hooks = `import { appendFileSync } from 'node:fs';
    export async function resolve(specifier, context, next) {
      const found = await next(specifier, context);
      appendFileSync(${JSON.stringify(log)}, found.url + '\\n');
      return found;
    }`;
  writeFileSync(join(folder, 'hooks.mjs'), hooks);
  writeFileSync(observer, "import { register } from 'node:module'; register('./hooks.mjs', import.meta.url);");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Loaded {
  /** How many files of the package. */
  readonly files: number;
  readonly packages: readonly string[];
  /** Those of Node.js that open connections. */
  readonly sockets: readonly string[];
}

async function loadedBy(...args: readonly string[]): Promise<Loaded> {
  writeFileSync(log, '');
  // what the program says, and how it ends, is no matter here
  await new Promise((done) => execFile(process.execPath, ['--import', observer, ...args], done));
  const urls = [...new Set(readFileSync(log, 'utf8').trimEnd().split('\n'))];
  const packages = urls.flatMap((url) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1] ?? []);
  return {
    files: urls.filter((url) => url.startsWith(pathToFileURL(dist).href)).length,
    packages: [...new Set(packages)].sort(),
    sockets: urls.filter((url) => /^node:(http|https|tls|net)$/.test(url)).sort(),
  };
}

const main = () => join(dist, 'cli/main.js');
const listing = ['commander', 'picocolors', 'pure-rand'];

test('the help of the program loads no command', async () => {
  const { files, ...others } = await loadedBy(main(), '--help');
  expect(others).toEqual({ packages: listing, sockets: [] });
  expect(files).toBeLessThanOrEqual(5);
});

test('the help of a command loads that command, and nothing to reach a cluster with', async () => {
  const { files, ...others } = await loadedBy(main(), 'claim', 'list', '--help');
  expect(others).toEqual({ packages: listing, sockets: [] });
  expect(files).toBeLessThanOrEqual(8);
});

test('a list of claims loads no schema, and of the packages beside those of every command what reads a kubeconfig', async () => {
  const kubeconfig = join(folder, 'config');
  const contexts = [{ name: 'c', context: { cluster: 'c' } }];
  // no server: what is loaded after the answer is loaded with the command
  const clusters = [{ name: 'c', cluster: { server: 'https://127.0.0.1:1' } }];
  writeFileSync(kubeconfig, JSON.stringify({ 'current-context': 'c', contexts, clusters, users: [] }));
  const { files, ...others } = await loadedBy(main(), 'claim', 'list', '--kubeconfig', kubeconfig);
  expect(others).toEqual({ packages: [...listing, 'yaml'], sockets: ['node:http', 'node:https', 'node:tls'] });
  expect(files).toBeLessThanOrEqual(11);
});

test('the library loads no package and opens no connection by being imported', async () => {
  const { files, ...others } = await loadedBy(join(dist, 'client/library.js'));
  expect(others).toEqual({ packages: [], sockets: [] });
  expect(files).toBeLessThanOrEqual(2);
});
