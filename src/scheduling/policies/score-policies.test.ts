import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { everywhere, nodeObject, shapeOf, snapshotOf } from '../../simulation/engine/objects.js';
import { arbitraryNode, arbitraryRequests } from '../../../test/scheduling/snapshots.js';
import type { PodShape } from '../pod-shape.js';
import type { Snapshot } from '../snapshot/snapshot.js';
import { createPolicy, policyTypes } from './index.js';
import type { Policy, ScorePolicy } from './policy.js';

const isScorePolicy = (policy: Policy): policy is ScorePolicy => policy.kind === 'score';
const withVolume = { load: { model: 'volume' } };
const policies: readonly (readonly [string, ScorePolicy])[] = [
  ...policyTypes.map((type) => [type.name, type.create()] as const),
  ['balance by volume', createPolicy('balance', withVolume)] as const,
  ['pack by volume', createPolicy('pack', withVolume)] as const,
].flatMap(([name, policy]) => (isScorePolicy(policy) ? [[name, policy] as const] : []));

const scoresOf = (policy: ScorePolicy, pod: PodShape, nodes: Snapshot) => {
  const out = new Float64Array(nodes.rows);
  policy.score(pod, nodes, everywhere(nodes), out);
  return out;
};

const tolerance = (score: number) => 1e-9 * Math.max(1, Math.abs(score));

describe.each(policies)('%s', (_name, policy) => {
  const given = fc.array(arbitraryNode, { minLength: 1, maxLength: 6 });

  test('scores one row as it scores all, after changes too, and explains it with terms that add up to it', () => {
    fc.assert(
      fc.property(given, arbitraryRequests, arbitraryNode, (all, requests, changed) => {
        const nodes = snapshotOf(all);
        const pod = shapeOf(requests);
        const first = scoresOf(policy, pod, nodes);
        for (let row = 0; row < nodes.rows; row++) expect(policy.rescore(pod, nodes, row)).toBe(first[row]);
        nodes.setNode(nodeObject('n0', changed.capacity));
        if (changed.use) nodes.setUse(0, { from: 0, to: 1, mean: changed.use });
        const again = policy.rescore(pod, nodes, 0);
        const scores = scoresOf(policy, pod, nodes);
        expect(scores[0]).toBe(again);
        for (let row = 0; row < nodes.rows; row++) {
          expect(Number.isFinite(scores[row])).toBe(true);
          const terms = policy.explain(pod, nodes, everywhere(nodes), row);
          const total = terms.reduce((sum, { value }) => sum + value, 0);
          expect(Math.abs(total - scores[row]!)).toBeLessThanOrEqual(tolerance(scores[row]!));
        }
      }),
    );
  });

  test('gives a node the same score in whatever order the nodes come', () => {
    fc.assert(
      fc.property(given, arbitraryRequests, (all, requests) => {
        const pod = shapeOf(requests);
        const nodes = snapshotOf(all);
        const turned = snapshotOf(all.toReversed());
        const scores = scoresOf(policy, pod, nodes);
        const reversed = scoresOf(policy, pod, turned).toReversed();
        for (const [row, score] of scores.entries())
          expect(Math.abs(reversed[row]! - score)).toBeLessThanOrEqual(tolerance(score));
      }),
    );
  });
});
