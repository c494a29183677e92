/** The schedulers that are compared, each a process of its own as in production. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathOf } from '../../test/control-plane/binaries.js';
import { Companion } from '../../test/control-plane/process.js';
import { schedulerName } from './objects.js';

export interface Contestant {
  readonly name: string;
  /** The program and its flags. `folder` goes with the process. */
  command(kubeconfig: string, folder: string): readonly [program: string, ...flags: string[]];
}

const kubeScheduler = (name: string, ...more: readonly string[]): Contestant => ({
  name,
  command: (kubeconfig) => [
    pathOf('kube-scheduler'),
    `--kubeconfig=${kubeconfig}`,
    '--leader-elect=false',
    '--kube-api-qps=10000',
    '--kube-api-burst=10000',
    '--secure-port=0',
    ...more,
  ],
});

const penstock = (policy: string): Contestant => ({
  name: `penstock, ${policy}`,
  command: (kubeconfig, folder) => {
    const file = join(folder, 'scheduler.json');
    const configuration = {
      apiVersion: 'scheduler.penstock.dev/v1alpha1',
      kind: 'SchedulerConfiguration',
      profiles: [{ schedulerName, policy: { name: policy } }],
      // nothing is measured on nodes without kubelets
      use: { source: 'none' },
    };
    writeFileSync(file, JSON.stringify(configuration));
    const ports = ['--metrics-port', '0', '--health-port', '0'];
    const flags = ['scheduler', '--kubeconfig', kubeconfig, '--no-leader-elect', '--config', file, ...ports];
    // npm runs its commands in the project's folder
    return [process.execPath, resolve('dist/cli/main.js'), ...flags];
  },
});

/** The first is what the others are compared with. */
export const contestants: readonly [Contestant, ...Contestant[]] = [
  kubeScheduler('kube-scheduler'),
  kubeScheduler('kube-scheduler, no batching', '--feature-gates=OpportunisticBatching=false'),
  penstock('balance'),
  penstock('kube-default'),
];

export interface RunningScheduler {
  readonly pid: number;
  stop(): Promise<void>;
}

export function start(contestant: Contestant, kubeconfig: string): RunningScheduler {
  const folder = mkdtempSync(join(tmpdir(), 'penstock-binding-'));
  const [program, ...flags] = contestant.command(kubeconfig, folder);
  const companion = new Companion(contestant.name, program, flags, join(folder, 'scheduler.log'));
  companion.start();
  return {
    pid: companion.pid,
    stop: async () => {
      await companion.stop('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
