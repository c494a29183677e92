import { describe, expect, it } from 'vitest';
import { trimmedPod } from '../../src/scheduler/index.js';
import { createScorePolicy, explainPod, podShape } from '../../src/scheduling/index.js';
import { snapshotOf } from '../parity/answer.js';
import { generate } from '../parity/generate/generate.js';

const seeds = Array.from({ length: 200 }, (_, index) => index);

describe.each(['balance', 'kube-default'])('an explanation by %s', (policy) => {
  it('has for each node a reason, or terms that add up to its score', () => {
    for (const seed of seeds) {
      const question = generate(seed);
      const nodes = snapshotOf(question);
      const explanation = explainPod(podShape(question.pod), nodes, createScorePolicy(policy));
      expect(explanation.nodes.map(({ node }) => node).sort()).toEqual(
        [...nodes.infos()].map(({ name }) => name).sort(),
      );
      const unexplained = explanation.nodes.filter(({ refusal, score, terms = [] }) => {
        const total = terms.reduce((sum, { value }) => sum + value, 0);
        return score === undefined ? !refusal?.reasons.length : Math.abs(total - score) > 1e-9;
      });
      expect({ seed, unexplained }).toEqual({ seed, unexplained: [] });
    }
  });
});

it('What the scheduler keeps of a pod decides as the whole pod would', () => {
  for (const seed of seeds) {
    const { pod, pods } = generate(seed);
    for (const one of [pod, ...pods]) expect(podShape(trimmedPod(one)).key).toBe(podShape(one).key);
  }
});
