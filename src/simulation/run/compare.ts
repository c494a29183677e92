import type { ResultDocument } from '../report/document.js';

export interface Difference {
  readonly policy: string;
  /** Where in the sweep, such as `tasks 1000`. */
  readonly at: string;
  readonly figure: string;
  readonly a?: number;
  readonly b?: number;
  /** Of b over a; absent where a is 0 or one is lacking. */
  readonly change?: number;
  /** Whether the 95 % intervals do not meet; absent where there are none. */
  readonly beyondChance?: boolean;
}

export interface Differences {
  readonly experiment: string;
  /** What differs besides the figures. */
  readonly notes: readonly string[];
  readonly rows: readonly Difference[];
}

type Row = ResultDocument['rows'][number];

/** Figure by figure, by policy and point; what only one of the two has stands there with one figure. */
export function compareRuns(a: ResultDocument, b: ResultDocument): Differences {
  const keys = [...new Set([...a.by, ...b.by])];
  const group = ({ rows }: ResultDocument) => new Map(rows.map((row) => [keyOf(row, keys), row]));
  const [ofA, ofB] = [group(a), group(b)];
  const notes = [
    ...(a.experiment === b.experiment ? [] : [`different experiments: ${a.experiment} and ${b.experiment}`]),
    ...parametersThatDiffer(a, b),
    ...(['version', 'seed', 'seeds'] as const)
      .filter((name) => a[name] !== b[name])
      .map((name) => `${name}: ${a[name]} and ${b[name]}`),
  ];
  const rows = [...new Set([...ofA.keys(), ...ofB.keys()])].flatMap((key) =>
    differencesOf(ofA.get(key), ofB.get(key), keys),
  );
  return { experiment: a.experiment, notes, rows };
}

const keyOf = (row: Row, keys: readonly string[]): string =>
  JSON.stringify([row.policy, ...keys.map((key) => row[key] ?? null)]);

function differencesOf(a: Row | undefined, b: Row | undefined, keys: readonly string[]): readonly Difference[] {
  const some = a ?? b;
  if (!some) return [];
  const at = keys
    .filter((key) => some[key] !== undefined)
    .map((key) => `${key} ${JSON.stringify(some[key]).replaceAll('"', '')}`)
    .join(', ');
  const figures = new Set(
    [a, b].flatMap((row) =>
      Object.entries(row ?? {})
        .filter(isFigure)
        .map(([name]) => name),
    ),
  );
  return [...figures]
    .filter((name) => name !== 'seeds' && !keys.includes(name))
    .map((figure) => differenceOf(some.policy, at, figure, a, b));
}

const isFigure = (entry: [string, unknown]): boolean => typeof entry[1] === 'number';

function differenceOf(
  policy: string,
  at: string,
  figure: string,
  rowA: Row | undefined,
  rowB: Row | undefined,
): Difference {
  const [a, b] = [numberIn(rowA, figure), numberIn(rowB, figure)];
  const both = a !== undefined && b !== undefined;
  const [halfA, halfB] = [rowA?.interval?.[figure], rowB?.interval?.[figure]];
  const hasIntervals = halfA !== undefined && halfB !== undefined;
  return {
    policy,
    at,
    figure,
    ...(a !== undefined && { a }),
    ...(b !== undefined && { b }),
    ...(both && a !== 0 && { change: b / a - 1 }),
    ...(both && hasIntervals && { beyondChance: Math.abs(a - b) > halfA + halfB }),
  };
}

function numberIn(row: Row | undefined, name: string): number | undefined {
  const value = row?.[name];
  return typeof value === 'number' ? value : undefined;
}

function parametersThatDiffer(a: ResultDocument, b: ResultDocument): readonly string[] {
  const names = new Set([...Object.keys(a.parameters), ...Object.keys(b.parameters)]);
  return [...names]
    .map((name) => [name, JSON.stringify(a.parameters[name]), JSON.stringify(b.parameters[name])] as const)
    .filter(([, one, other]) => one !== other)
    .map(([name, one, other]) => `${name}: ${one ?? 'none'} and ${other ?? 'none'}`);
}
