/** Programs that import the package, as it is packed. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ContainerPool } from '../../src/api/container-pool.js';
import { readManifest } from '../../src/api/manifest.js';
import type { Draft, Resource } from '../../src/api/meta/resource.js';
import { ContainerClaim } from '../../src/api/container-claim.js';
import { SimulatedServer } from '../client/simulated-server.js';
import { controlPlaneWithControllers, lacks } from '../control-plane/binaries.js';
import { textOf } from '../examples/outcome.js';
import { Project } from './installed.js';

let project: Project;
beforeAll(async () => {
  project = await Project.create();
});
afterAll(() => project?.remove());

const manifest = `{
  apiVersion: penstock.dev/v1alpha1, kind: ContainerPool, metadata: { name: web },
  spec: { replicas: 3, template: { spec: { containers: [{ name: web, image: web:1 }] } } }
}`;

test('a program in JavaScript', async () => {
  project.write(
    'program.js',
    `import { PenstockError } from 'penstock';
     import { TestCluster } from 'penstock/testing';
     const cluster = await TestCluster.start();
     try {
       await cluster.apply(${JSON.stringify(manifest)});
       const penstock = await cluster.connect();
       const claim = await penstock.claim({ pool: 'web', items: [{ count: 2, env: { SITE: 'shop' } }] });
       await claim.waitUntilReady();
       for (const { item, index, ready } of await claim.containers()) console.log(item, index, ready);
       await claim.release();
       await penstock.claim({ pool: 'wob', items: [{ count: 2 }] });
     } catch (error) {
       console.log(error instanceof PenstockError, error.code);
     } finally {
       await cluster.stop();
     }`,
  );
  expect(await project.node('program.js')).toBe('0 0 true\n0 1 true\ntrue POOL_NOT_FOUND\n');
});

test('a program in TypeScript, with nothing but the package and the types of Node.js', async () => {
  project.write(
    'program.ts',
    `import { type Claim, type ClaimRequest, type Container, type ErrorCode, Penstock, PenstockError } from 'penstock';
     import { TestCluster } from 'penstock/testing';

     const request: ClaimRequest = {
       pool: 'web',
       items: [{ name: 'a', count: 1, files: {}, resources: { limits: { cpu: '1' } } }],
       whenEmpty: 'Fail',
     };
     // @ts-expect-error a misspelt field is a mistake at compile time
     export const misspelt: ClaimRequest = { pool: 'web', items: [], minAvailble: 1 };
     // @ts-expect-error there is no such code
     export const unknown: ErrorCode = 'NO_SUCH_CODE';

     async function use(penstock: Penstock): Promise<readonly Container[]> {
       await using claim: Claim = await penstock.claim({ ...request, items: [{ count: 1 }] });
       const { stage }: { stage: 'ready' | string } = await claim.waitUntilReady({ signal: AbortSignal.timeout(60_000) });
       console.log(stage);
       return claim.containers();
     }

     await using cluster = await TestCluster.start({ nodes: 1 });
     await cluster.apply(${JSON.stringify(manifest)});
     await cluster.untilStocked('web');
     using penstock = await cluster.connect();
     const [container] = await use(penstock);
     console.log(container?.pod.spec?.containers[0]?.image, (await penstock.claims()).length);
     const refused = await Penstock.connect({ kubeconfig: '/nonexistent' }).catch((error: unknown) => error);
     if (refused instanceof PenstockError) console.log(refused.code satisfies ErrorCode);`,
  );
  await project.compile('program.ts');
  expect(await project.node('program.js')).toBe('ready\nweb:1 0\nKUBECONFIG_NOT_FOUND\n');
});

test('the programs of docs/reference/client.md', async () => {
  const page = textOf(fileURLToPath(new URL('../../docs/reference/client.md', import.meta.url)));
  const programs = [...page.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, text = '']) => text);
  const files = programs.map((_, index) => `page-${index}.ts`);
  for (const [index, text] of programs.entries()) project.write(`page-${index}.ts`, text);
  expect(files.length).toBe(6);
  await project.compile(...files);
  // the last one needs no cluster
  expect(await project.node(`page-${files.length - 1}.js`)).toBe('');
});

test('nothing else of the package can be imported', async () => {
  const outcome = project.node('--input-type=module', '--eval', "await import('penstock/dist/client/index.js')");
  await expect(outcome).rejects.toThrow(/ERR_PACKAGE_PATH_NOT_EXPORTED/);
});

interface Ending {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the example; presses Ctrl-C once its standard error says what `enough` waits for. */
function ciRunner(args: readonly string[], enough: (stderr: string) => boolean = () => false): Promise<Ending> {
  return new Promise((resolve, reject) => {
    const main = `${project.package}/examples/ci-runner/main.js`;
    const child = spawn(process.execPath, [main, ...args], { env: { PATH: process.env.PATH } });
    const text = { stdout: '', stderr: '' };
    let interrupted = false;
    child.stdout.setEncoding('utf8').on('data', (data: string) => {
      text.stdout += data;
    });
    child.stderr.setEncoding('utf8').on('data', (data: string) => {
      text.stderr += data;
      if (!interrupted && enough(text.stderr)) interrupted = child.kill('SIGINT');
    });
    child.on('error', reject).on('close', (code) => resolve({ code, ...text }));
  });
}

const sorted = (text: string) => text.trimEnd().split('\n').sort();
const shell = (line: string) => ['--', 'sh', '-c', line];

describe('examples/ci-runner', () => {
  test('its own tests', async () => {
    const report = await project.node('--test', `${project.package}/examples/ci-runner/job.test.js`);
    expect(report).toMatch(/^# pass 4\n# fail 0$/m);
  });

  test('is sound TypeScript too', async () => {
    const files = ['job.js', 'main.js', 'job.test.js'].map((name) => `${project.package}/examples/ci-runner/${name}`);
    const checked = project.compile('--allowJs', '--checkJs', '--noEmit', '--maxNodeModuleJsDepth', '0', ...files);
    await expect(checked).resolves.toBeUndefined();
  });

  test('without a cluster', async () => {
    const line = ['--try', '--shards', '3', ...shell('echo $SHARD of $SHARDS at {ip}')];
    const { code, stdout, stderr } = await ciRunner(line);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(sorted(stdout)).toEqual([0, 1, 2].map((shard) => expect.stringMatching(`^${shard} of 3 at 10\\.`)));
    expect(stderr).toMatch(/claim ci-runners-\w+ released\n$/);
  });

  test('a shard that fails, and a cluster that is not there', async () => {
    expect(await ciRunner(['--try', ...shell('exit $SHARD')])).toMatchObject({ code: 1 });
    expect(await ciRunner(['--kubeconfig', '/nonexistent'])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^error \(KUBECONFIG_NOT_FOUND\): there is no kubeconfig \/nonexistent; /),
    });
  });
});

describe.skipIf(lacks(controlPlaneWithControllers, 'examples/ci-runner on a real API server'))(
  'examples/ci-runner on a real API server',
  () => {
    let server: SimulatedServer;
    const namespace = 'ci';
    const line = () => ['--kubeconfig', server.plane.kubeconfig, '--namespace', namespace];
    const claims = async () => (await server.cluster.list(ContainerClaim)).items.map(({ metadata }) => metadata.name);
    beforeAll(async () => {
      server = await SimulatedServer.start();
      await server.namespace(namespace);
      const { objects } = readManifest(textOf(`${project.package}/examples/ci-runner/pool.yaml`));
      for (const { object } of objects) {
        const draft: Draft<Resource> = { ...object, metadata: { ...object.metadata, namespace } };
        await server.cluster.create<Resource>(ContainerPool, draft);
      }
    });
    afterAll(() => server?.stop());

    test('runs in all shards, and gives the containers back', async () => {
      const { code, stdout, stderr } = await ciRunner([...line(), '--shards', '4', ...shell('echo $SHARD in {name}')]);
      expect({ code, stderr }).toMatchObject({ code: 0 });
      expect(sorted(stdout)).toEqual([0, 1, 2, 3].map((shard) => expect.stringMatching(`^${shard} in ci-runners-`)));
      expect(await claims()).toEqual([]);
    });

    test('Ctrl-C while it works gives the containers back', async () => {
      const args = [...line(), '--name', 'stopped', ...shell('exec sleep 60')];
      const { code, stderr } = await ciRunner(args, (text) => text.includes('2 of 2 ready'));
      expect(stderr).toMatch(/claim stopped released\ninterrupted\n$/);
      expect(code).toBe(130);
      expect(await claims()).toEqual([]);
    });

    test('no containers in time', async () => {
      const { code, stderr } = await ciRunner([...line(), '--shards', '64', '--deadline', '1s', ...shell('true')]);
      expect(stderr).toMatch(/error \(CLAIM_TIMED_OUT\): .*; allow more time/);
      expect(code).toBe(75);
      expect(await claims()).toEqual([]);
    });
  },
);
