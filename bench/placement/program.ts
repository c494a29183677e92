/** Linear programs, some of whose variables are integers, and HiGHS, which solves them exactly. */
import * as highsPackage from 'highs';

export interface LinearTerm {
  readonly coefficient: number;
  readonly variable: string;
}

export interface Constraint {
  readonly terms: readonly LinearTerm[];
  readonly relation: '<=' | '>=' | '=';
  readonly bound: number;
}

/** All variables are 0 or more. */
export interface Program {
  readonly sense: 'Maximize' | 'Minimize';
  readonly objective: readonly LinearTerm[];
  readonly constraints: readonly Constraint[];
  /** Integers, and the most that each may be. */
  readonly integers?: ReadonlyMap<string, number>;
}

export interface Solution {
  /** `limit`: the time was over before the best solution was proven to be the best. */
  readonly status: 'optimal' | 'infeasible' | 'limit';
  readonly objective: number;
  /** The value of a variable; integers are whole. */
  readonly values: ReadonlyMap<string, number>;
}

/** The program in CPLEX' LP format, a constraint a line. */
export function lpText({ sense, objective, constraints, integers = new Map() }: Program): string {
  const names = [...integers.keys()];
  return [
    sense,
    ` objective: ${sumOf(objective)}`,
    'Subject To',
    ...constraints.map(({ terms, relation, bound }, at) => ` c${at}: ${sumOf(terms)} ${relation} ${bound}`),
    ...(names.length > 0
      ? ['Bounds', ...[...integers].map(([name, most]) => ` 0 <= ${name} <= ${most}`), 'General', ` ${names.join(' ')}`]
      : []),
    'End',
  ].join('\n');
}

const sumOf = (terms: readonly LinearTerm[]): string =>
  terms
    .map(({ coefficient, variable }) => `${coefficient < 0 ? '-' : '+'} ${Math.abs(coefficient)} ${variable}`)
    .join(' ');

/** A solution is proven to be the best when no other can be better by more than this part. */
export const provenWithin = 1e-6;

type Load = typeof highsPackage.default.default;

/** Its types are those of a CommonJS module, which have the loader a level deeper than it stands in the ES module. */
const isLoad = (value: unknown): value is Load => typeof value === 'function';

function load(): ReturnType<Load> {
  const loader: unknown = highsPackage.default;
  if (!isLoad(loader)) throw new Error('the package highs has no loader');
  return loader();
}

export type Solver = (program: Program) => Solution;

/** @param seconds after which a program is given up */
export async function loadSolver(seconds: number): Promise<Solver> {
  const highs = await load();
  return (program) => {
    const { Status, ObjectiveValue, Columns } = highs.solve(lpText(program), {
      output_flag: false,
      mip_rel_gap: provenWithin,
      time_limit: seconds,
    });
    if (Status === 'Infeasible') return { status: 'infeasible', objective: Number.NaN, values: new Map() };
    if (Status !== 'Optimal' && Status !== 'Time limit reached') throw new Error(`HiGHS says: ${Status}`);
    const values = new Map<string, number>();
    for (const [name, column] of Object.entries(Columns)) {
      const value = 'Primal' in column ? column.Primal : 0;
      values.set(name, program.integers?.has(name) ? Math.round(Math.abs(value)) : value);
    }
    return { status: Status === 'Optimal' ? 'optimal' : 'limit', objective: ObjectiveValue, values };
  };
}
