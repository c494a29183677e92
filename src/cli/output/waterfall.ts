/** How long containers were in the stages of their line, one below the other. */
import type { ContainerClaimStatus } from '../../api/container-claim.js';
import { formatDuration } from '../../support/time.js';
import { table } from './table.js';

type Times = NonNullable<ContainerClaimStatus['stages']>;

/** So wide is the longest way from the first start to the last end. */
const width = 32;

/** A line for each stage: from when its first container came until its slowest could be through. */
export function waterfall(stages: Times): string {
  const end = Math.max(1, ...stages.map(({ start, max }) => start + max));
  const column = (at: number) => Math.min(width - 1, Math.floor((at / end) * width));
  return table(
    ['STAGE', 'START', 'COUNT', 'P50', 'MAX', 'OUTCOME', ''],
    stages.map(({ stage, start, count, p50, max, failed }) => [
      stage,
      `+${formatDuration(start)}`,
      String(count),
      count === 0 ? '-' : formatDuration(p50),
      count === 0 ? '-' : formatDuration(max),
      outcomeOf(count, failed),
      `${' '.repeat(column(start))}${'▇'.repeat(Math.max(1, column(start + max) - column(start) + 1))}`.trimEnd(),
    ]),
  );
}

function outcomeOf(count: number, failed: number): string {
  if (count + failed === 0) return 'waiting';
  return failed === 0 ? 'passed' : `${failed} failed`;
}
