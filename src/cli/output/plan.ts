import { describeMove, type Move, type MoveRefusal, type Plan } from '../../rebalancer/index.js';
import { table } from './table.js';

/** More is in `-o json`. */
const mostRefusals = 20;

/** A rebalancing plan for people. */
export function planText({ moves, hot, stoppable, needed, refusals, imbalance }: Plan): string {
  const parts = [
    moves.length === 0
      ? 'Nothing would be moved.\n'
      : table(
          ['POD', 'FROM', 'TO', 'BY', 'LOAD FROM', 'LOAD TO', 'IMBALANCE', 'GAIN', 'COST', 'WHY'],
          moves.map(moveRow),
        ),
    '\n',
    `Imbalance of the load of nodes: ${imbalance.before.toFixed(3)} now, ${imbalance.after.toFixed(3)} then.\n`,
    list(
      'Hot',
      hot.map(({ node, resource, utilization }) => `${node} (${resource} ${percent(utilization)})`),
    ),
    list(
      'Stoppable',
      stoppable.map(({ node, leaving }) => (leaving.length === 0 ? node : `${node} once ${leaving.length} have left`)),
    ),
    list(
      'Needed again',
      needed.map(({ node, message }) => `${node} (${message})`),
    ),
  ];
  // of a node that is neither relieved nor emptied for one reason that is said once
  const rows = [...new Map(refusals.map(refusalRow).map((row) => [row.join('\n'), row])).values()];
  if (rows.length === 0) return parts.join('');
  const shown = rows.slice(0, mostRefusals);
  const more = rows.length - shown.length;
  return [
    ...parts,
    '\n',
    table(['NOT MOVED OR EMPTIED', 'REASON', 'WHY'], shown),
    more > 0 ? `and ${more} more: see -o json\n` : '',
  ].join('');
}

const moveRow = (move: Move): readonly string[] => [
  move.pod.key,
  move.from,
  move.to,
  move.means,
  `${percent(move.loads.from.before)} > ${percent(move.loads.from.after)}`,
  `${percent(move.loads.to.before)} > ${percent(move.loads.to.after)}`,
  `${move.imbalance.before.toFixed(3)} > ${move.imbalance.after.toFixed(3)}`,
  `${move.gain.toFixed(0)} node-s`,
  `${move.cost.toFixed(0)} node-s`,
  describeMove(move),
];

const refusalRow = ({ subject, reason, message }: MoveRefusal): readonly string[] => [
  subject.kind === 'Node' ? `node ${subject.key}` : subject.key,
  reason,
  message,
];

const list = (title: string, items: readonly string[]): string =>
  items.length === 0 ? '' : `${title}: ${items.join(', ')}\n`;

const percent = (share: number): string => `${Math.round(100 * share)} %`;
