/** Bugs put into a copy of the code: a rebalancer that has one of them must fail the suite. */
import type { Bug } from '../../faults/bugs.js';

export const bugs: readonly Bug[] = [
  {
    from: 9,
    name: 'does not count what was moved within the last hour',
    file: 'src/rebalancer/planning/move-budgets.ts',
    right: 'this.#lastHour = state.begunSince(now - hour).length;',
    wrong: 'this.#lastHour = 0;',
  },
  {
    from: 6,
    name: 'moves one pod more of an owner at once than it may',
    file: 'src/rebalancer/planning/move-budgets.ts',
    right: 'if (this.#owners.of(owner) >= perOwner)',
    wrong: 'if (this.#owners.of(owner) > perOwner)',
  },
  {
    from: 3,
    name: 'evicts at once where it should ask for a replacement',
    file: 'src/rebalancer/rebalancer.ts',
    right: "if (move.means === 'replacement') {",
    wrong: "if (move.means === 'replacement' && note === '') {",
  },
  {
    from: 13,
    name: 'evicts what may only be replaced where there is no replacement',
    file: 'src/rebalancer/planning/move-finder.ts',
    right: 'if (isFound(replaced) || needsReplacement(candidate.object)) return replaced;',
    wrong: 'if (isFound(replaced)) return replaced;',
  },
  {
    from: 2,
    name: 'moves pods with the priority of system-cluster-critical',
    file: 'src/rebalancer/planning/pod-stays.ts',
    right: 'if (shape.priority >= systemCritical)',
    wrong: 'if (shape.priority > systemCritical)',
  },
  {
    from: 3,
    name: 'moves first and writes that down then',
    file: 'src/rebalancer/rebalancer.ts',
    right: 'if (await this.#writeDown(plan, context)) await this.#carryOut(plan, context);',
    wrong: 'await this.#carryOut(plan, context); await this.#writeDown(plan, context);',
  },
  {
    from: 33,
    name: 'moves although somebody else has begun moves meanwhile',
    file: 'src/rebalancer/rebalancer.ts',
    right: '      return false;\n    }\n  }',
    wrong: '      return true;\n    }\n  }',
  },
  {
    from: 3,
    name: 'does not go on from what another leader has begun',
    file: 'src/rebalancer/rebalancer.ts',
    right: '      begun,\n      nodes.map(',
    wrong: '      [],\n      nodes.map(',
  },
  {
    from: 1125,
    name: 'does not withdraw requests that nobody fulfils',
    file: 'src/rebalancer/execution/eviction-requests.ts',
    right: '>= patience;',
    wrong: '>= 1000 * patience;',
  },
];
