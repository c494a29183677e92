/** The best that any placement of a batch can be, as integer programs: x_mj pods of class m on node j. */
import { equalNodes, type PlacementCase, worthOn } from './cases.js';
import type { Constraint, LinearTerm, Program, Solution } from './program.js';

/** Weighted use of a class on a node: how much of an objective one pod is. */
export type Worth = (placement: PlacementCase, job: number, node: number) => number;

/** Maximise Σ_j Σ_m worth_mj·x_mj with Σ_m a_rm·x_mj ≤ C_rj for each node and resource, and Σ_j x_mj ≤ n_m. */
export function mostWorth(placement: PlacementCase, worth: Worth): Program {
  return {
    sense: 'Maximize',
    objective: everyPair(placement, (job, node) => worth(placement, job, node)),
    constraints: [...roomConstraints(placement), ...demandConstraints(placement, '<=')],
    integers: counts(placement),
  };
}

/** Minimise the nodes that have pods, all of which are placed: y_j = 1 for such a node, Σ_m a_rm·x_mj ≤ C_rj·y_j. */
export function fewestNodes(placement: PlacementCase): Program {
  const used = (node: number) => `y${node}`;
  const room = placement.nodes.flatMap(({ capacity }, node) =>
    Object.entries(capacity).map(([resource, amount]): Constraint => {
      const held = heldOf(placement, node, resource);
      return { terms: [...held, { coefficient: -amount, variable: used(node) }], relation: '<=', bound: 0 };
    }),
  );
  const order = inOrder(placement, (node) => [{ coefficient: 1, variable: used(node) }]);
  const nodes = placement.nodes.map((_node, node) => used(node));
  return {
    sense: 'Minimize',
    objective: nodes.map((variable) => ({ coefficient: 1, variable })),
    constraints: [...room, ...demandConstraints(placement, '='), ...order],
    integers: new Map([...counts(placement), ...nodes.map((variable) => [variable, 1] as const)]),
  };
}

/** Minimise z ≥ Q*_j for each node, all pods placed; Q*_j = Σ_m worthOn_mj·x_mj of nodes that were empty. */
export function leastGreatestLoad(placement: PlacementCase): Program {
  const load = (node: number): readonly LinearTerm[] =>
    placement.classes.map((_class, job) => ({
      coefficient: worthOn(placement, job, node),
      variable: count(job, node),
    }));
  const loads = placement.nodes.map(
    (_node, node): Constraint => ({
      terms: [...load(node), { coefficient: -1, variable: 'z' }],
      relation: '<=',
      bound: 0,
    }),
  );
  const order = inOrder(placement, load);
  return {
    sense: 'Minimize',
    objective: [{ coefficient: 1, variable: 'z' }],
    constraints: [...loads, ...roomConstraints(placement), ...demandConstraints(placement, '='), ...order],
    integers: counts(placement),
  };
}

/** How many of each class a solution puts onto each node: `placed[node][job]`. */
export const placedBy = ({ classes, nodes }: PlacementCase, { values }: Solution): readonly (readonly number[])[] =>
  nodes.map((_node, node) => classes.map((_class, job) => values.get(count(job, node)) ?? 0));

const count = (job: number, node: number): string => `x${job}_${node}`;

function counts({ classes, nodes }: PlacementCase): ReadonlyMap<string, number> {
  const all = classes.flatMap(({ pods }, job) => nodes.map((_node, node) => [count(job, node), pods] as const));
  return new Map(all);
}

const everyPair = (
  { classes, nodes }: PlacementCase,
  coefficient: (job: number, node: number) => number,
): readonly LinearTerm[] =>
  classes.flatMap((_class, job) =>
    nodes.map((_node, node) => ({ coefficient: coefficient(job, node), variable: count(job, node) })),
  );

/** Σ_m a_rm·x_mj */
const heldOf = ({ classes }: PlacementCase, node: number, resource: string): readonly LinearTerm[] =>
  classes.map(({ requests }, job) => ({ coefficient: requests[resource] ?? 0, variable: count(job, node) }));

const roomConstraints = (placement: PlacementCase): readonly Constraint[] =>
  placement.nodes.flatMap(({ capacity }, node) =>
    Object.entries(capacity).map(
      ([resource, bound]): Constraint => ({
        terms: heldOf(placement, node, resource),
        relation: '<=',
        bound,
      }),
    ),
  );

const demandConstraints = ({ classes, nodes }: PlacementCase, relation: '<=' | '='): readonly Constraint[] =>
  classes.map(({ pods }, job) => ({
    terms: nodes.map((_node, node) => ({ coefficient: 1, variable: count(job, node) })),
    relation,
    bound: pods,
  }));

/** Of equal nodes the first has the most of something: the same solutions with nodes exchanged need not be searched. */
const inOrder = (placement: PlacementCase, amount: (node: number) => readonly LinearTerm[]): readonly Constraint[] =>
  equalNodes(placement).map(
    ([one, next]): Constraint => ({
      terms: [
        ...amount(one),
        ...amount(next).map(({ coefficient, variable }) => ({ coefficient: -coefficient, variable })),
      ],
      relation: '>=',
      bound: 0,
    }),
  );
