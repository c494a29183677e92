/** What a process of this machine takes, all its threads together. */
import { readFileSync } from 'node:fs';

/** The limit of its heap, in MiB, that Node.js chooses in a container with the chart's limit of 512: on a larger machine it lets garbage lie. */
export const chartHeap = '--max-old-space-size=256';

/** Of /proc/PID/stat: Linux counts in hundredths whatever the kernel's own tick is. */
const ticksPerSecond = 100;

/** Seconds of processor time since the process began, user and system. */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // the second field is the program's name in brackets, and may hold blanks
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

/** The most memory that it had resident at once, in MiB. */
export function peakMemory(pid: number): number {
  const peak = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(peak) / 1024;
}

/** What memory it has resident now, in MiB. */
export function residentMemory(pid: number): number {
  const now = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(now) / 1024;
}
