import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ContainerClaim } from '../../src/api/container-claim.js';
import { installCrds } from '../../src/cluster/crds.js';
import { connect } from '../../src/cluster/kubernetes/index.js';
import { silentLogger } from '../../src/support/log.js';
import { WallClock } from '../../src/support/wall-clock.js';
import { pathOf, whyMissing } from '../../test/control-plane/binaries.js';
import { ControlPlane } from '../../test/control-plane/control-plane.js';
import { ms, printTable, timed } from '../measure.js';
import { median } from '../../src/support/statistics.js';
import { installedSize } from './installed-size.js';

/** Each command so often, in turn, so that what else the machine does falls on all of them. */
const rounds = 15;
const claims = 20;

interface Contestant {
  readonly what: string;
  /** A program and its arguments. */
  readonly line: readonly [string, ...string[]];
  /** Milliseconds. */
  readonly aim?: number;
}

/** What it takes until a command has done its work: processes from start to end. */
export async function benchStartup(): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), 'penstock-bench-startup-'));
  const plane = await ControlPlane.start();
  try {
    await fill(plane.kubeconfig);
    await compare(contestants(plane.kubeconfig), home);
  } finally {
    await plane.stop();
    rmSync(home, { recursive: true, force: true });
  }
  printMemory();
  printSize();
}

async function fill(kubeconfig: string): Promise<void> {
  const clock = new WallClock();
  const connection = await connect({ kubeconfig }, { clock, logger: silentLogger });
  await installCrds(connection.cluster, clock);
  for (let index = 0; index < claims; index++)
    await connection.cluster.create(ContainerClaim, {
      metadata: { namespace: 'default', name: `claim-${index}` },
      spec: { pool: { name: 'web' }, items: [{ count: 1 }], whenEmpty: 'Wait' },
    });
  connection.close();
}

function contestants(kubeconfig: string): readonly Contestant[] {
  const node = process.execPath;
  const program = resolve('dist/cli/main.js');
  const import_ = ['--input-type=module', '--eval', "await import('penstock')"] as const;
  const kubectl: readonly Contestant[] =
    whyMissing(['kubectl']) === undefined
      ? [
          {
            what: 'kubectl get containerclaims',
            line: [pathOf('kubectl'), '--kubeconfig', kubeconfig, 'get', 'containerclaims'],
          },
        ]
      : [];
  return [
    { what: 'node -e 0', line: [node, '--eval', '0'] },
    { what: 'penstock --help', line: [node, program, '--help'], aim: 150 },
    { what: 'penstock claim list', line: [node, program, 'claim', 'list', '--kubeconfig', kubeconfig], aim: 350 },
    ...kubectl,
    { what: "import 'penstock'", line: [node, ...import_], aim: 150 },
  ];
}

async function compare(all: readonly Contestant[], home: string): Promise<void> {
  const times = new Map<Contestant, number[]>(all.map((one) => [one, []]));
  // the first round only fills caches: of files, of compiled code, and kubectl's of what the server has
  for (let round = 0; round <= rounds; round++) {
    for (const [{ line }, seen] of times) {
      const time = await timed(() => ended(line, home));
      if (round > 0) seen.push(time);
    }
  }
  const rows = [...times].map(([{ what, aim }, seen]) => [
    what,
    ms(median(seen)),
    ms(Math.min(...seen)),
    aim === undefined ? '' : ms(aim),
  ]);
  printTable(`From start to end, ${rounds} runs in turn`, ['', 'median', 'least', 'aim'], rows);
}

function ended([command, ...args]: Contestant['line'], home: string): Promise<void> {
  const env = { ...process.env, HOME: home, NODE_COMPILE_CACHE: join(home, 'compile-cache') };
  return new Promise((done, failed) => {
    spawn(command, args, { stdio: ['ignore', 'ignore', 'inherit'], env })
      .on('error', failed)
      .on('close', (code) =>
        code === 0 ? done() : failed(new Error(`${command} ${args.join(' ')}: ended with ${code}`)),
      );
  });
}

/** Of a process that does nothing, and of one that has imported the library. */
function printMemory(): void {
  const after = (statement: string) => {
    const script = `${statement}; console.log(process.memoryUsage().rss / 1e6)`;
    const one = () => Number(execFileSync(process.execPath, ['--input-type=module', '--eval', script]));
    return median(Array.from({ length: rounds }, one));
  };
  const [bare, imported] = [after(''), after("await import('penstock')")];
  const mb = (value: number) => `${value.toFixed(1)} MB`;
  printTable(
    'Resident memory',
    ['', 'in all', 'above a bare process', 'aim, in all'],
    [
      ['a bare process', mb(bare), '', ''],
      ["after import 'penstock'", mb(imported), mb(imported - bare), '45 MB'],
    ],
  );
}

function printSize(): void {
  const { own, dependencies } = installedSize(resolve('.'));
  const mb = (bytes: number) => (bytes / 1e6).toFixed(1);
  const total = [...dependencies.values()].reduce((sum, bytes) => sum + bytes, own);
  const largest = [...dependencies].sort(([, a], [, b]) => b - a).slice(0, 8);
  printTable(
    'Installed, with all that it needs',
    ['', 'MB', 'aim'],
    [['in all', mb(total), '30'], ['penstock', mb(own), ''], ...largest.map(([name, bytes]) => [name, mb(bytes), ''])],
  );
}
