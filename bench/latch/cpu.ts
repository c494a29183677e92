/** What containers of a node on this machine have used of its processors, from their cgroups. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = '/sys/fs/cgroup';

/** Seconds of processor time that the container of process `pid` has used since it began, its children's too. */
export function cpuSeconds(pid: number): number {
  const groups = readFileSync(`/proc/${pid}/cgroup`, 'utf8').trim().split('\n').map(parsed);
  const v1 = groups.find(({ controllers }) => controllers.includes('cpuacct'));
  if (v1) {
    const path = ['cpuacct', 'cpu,cpuacct']
      .map((mount) => join(root, mount, v1.path, 'cpuacct.usage'))
      .find(existsSync);
    if (path !== undefined) return Number(readFileSync(path, 'utf8')) / 1e9;
  }
  const v2 = join(root, groups.find(({ hierarchy }) => hierarchy === '0')?.path ?? '', 'cpu.stat');
  const usage = /^usage_usec (\d+)$/m.exec(readFileSync(v2, 'utf8'))?.[1];
  if (usage === undefined) throw new Error(`${v2} does not say usage_usec`);
  return Number(usage) / 1e6;
}

function parsed(line: string) {
  const [hierarchy = '', controllers = '', ...path] = line.split(':');
  return { hierarchy, controllers: controllers.split(','), path: path.join(':') };
}
