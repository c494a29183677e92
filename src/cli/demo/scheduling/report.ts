/** How two policies placed the same batch, as text. Pure. */
import type { PodExplanation } from '../../../scheduling/index.js';
import type { Colors } from '../../output/palette.js';
import { table } from '../../output/table.js';
import { termsText } from '../../output/terms.js';
import type { Comparison, Placement } from './compare.js';
import type { PerNode } from './environment.js';
import { batchSize } from './workload.js';

/** Above it a node is hot, below the other it is cold: the bounds of the paper's figure 2. */
const hot = 0.8;
const cold = 0.3;
const blocks = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;

export function schedulingReport({ requested, used, placements, explanation }: Comparison, colors: Colors): string {
  const rows: readonly (readonly [what: string, shares: PerNode])[] = [
    ['requested before', requested],
    ['used before', used],
    ...placements.map((placement) => [`used after ${placement.policy}`, placement.used] as const),
  ];
  const title = 'PROCESSORS OF EACH NODE, %';
  const width = Math.max(title.length, ...rows.map(([what]) => what.length));
  return [
    `\n${colors.bold(`Where the same ${batchSize} containers go: by requests, and by use`)}\n\n`,
    `Half of the nodes run containers that use three times what they have requested; on the other half a lot was requested and little\n`,
    'is used. kube-default scores nodes as Kubernetes does, by requests; balance by what is used.\n\n',
    `${title}\n`,
    ...rows.map(([what, shares]) => `${what.padEnd(width)}   ${strip(shares, colors)}  ${percents(shares)}\n`),
    `\n${placements.map(outcome).join(';\n')}.\n`,
    `\n${colors.bold('penstock explain')} says why: ${explanation.message}.\n\n`,
    extremes(explanation),
  ].join('');
}

/** A block for each node, the higher the busier. */
function strip(shares: PerNode, { red, green, cyan }: Colors): string {
  return shares
    .map((share) => {
      const block = blocks[Math.min(blocks.length - 1, Math.max(0, Math.floor(share * blocks.length)))] ?? '';
      return (share > hot ? red : share < cold ? cyan : green)(block);
    })
    .join('');
}

const percents = (shares: PerNode): string =>
  shares.map((share) => String(Math.round(100 * share)).padStart(4)).join('');

function outcome({ policy, used }: Placement): string {
  const over = used.filter((share) => share > hot).length;
  return `${policy} leaves ${over === 0 ? 'no node' : `${over} of ${used.length} nodes`} over ${100 * hot} %, and an imbalance of ${deviation(used).toFixed(2)}`;
}

/** The imbalance of a cluster: the standard deviation of the load over its nodes. */
function deviation(shares: PerNode): number {
  const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
  return Math.sqrt(shares.reduce((sum, share) => sum + (share - mean) ** 2, 0) / shares.length);
}

/** The best node and the worst of those that can take the container. */
function extremes({ nodes }: PodExplanation): string {
  const [best, ...others] = nodes.filter(({ score }) => score !== undefined);
  const rows = [best, others.at(-1)].flatMap((node) =>
    node ? [[node.node, (node.score ?? 0).toFixed(3), termsText(node.terms ?? [])]] : [],
  );
  return table(['NODE', 'SCORE', 'WHY'], rows);
}
