import * as fc from 'fast-check';
import { applyPatch } from 'rfc6902';
import { describe, expect, it } from 'vitest';
import { Invalid } from '../../../cluster/errors.js';
import { type JsonOperation, pointer } from '../../../cluster/patch.js';
import { freeze } from '../json.js';
import { applyJsonPatch } from './json.js';

const field = fc.constantFrom('a', 'b', 'c/d', 'e~f');
const { document } = fc.letrec((tie) => ({
  leaf: fc.oneof(fc.integer({ min: 0, max: 3 }), fc.constantFrom('x', 'y', ''), fc.boolean(), fc.constant(null)),
  document: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    tie('leaf'),
    fc.dictionary(field, tie('document'), { maxKeys: 3 }),
    fc.array(tie('document'), { maxLength: 3 }),
  ),
}));
const step = fc.oneof(field, fc.constantFrom('0', '1', '2', '-'));
const path = fc.array(step, { maxLength: 3 }).map((steps) => pointer(...steps));
const operation: fc.Arbitrary<JsonOperation> = fc.oneof(
  fc.record({ op: fc.constantFrom('add', 'replace', 'test'), path, value: document }),
  fc.record({ op: fc.constant('remove'), path }),
  fc.record({ op: fc.constantFrom('move', 'copy'), path, from: path }),
);

/** Whether a path leads through objects and lists only, to a place that there is (or may be made, for `add`). */
function leadsSomewhere(value: unknown, path: string, made: 'there' | 'made'): boolean {
  const steps = path.split('/').slice(1);
  let at = value;
  for (const [depth, escaped] of steps.entries()) {
    const name = escaped.replaceAll('~1', '/').replaceAll('~0', '~');
    const last = depth === steps.length - 1 && made === 'made';
    if (Array.isArray(at)) {
      if (!(last && name === '-') && !(/^[0-9]$/.test(name) && Number(name) < at.length + (last ? 1 : 0))) return false;
      at = at[Number(name)];
    } else if (typeof at === 'object' && at !== null) {
      if (!last && !Object.hasOwn(at, name)) return false;
      at = (at as Record<string, unknown>)[name];
    } else return false;
  }
  return true;
}

/** What the oracle makes of one operation, or the server where it is laxer than RFC 6902: the operation to apply instead. */
function asServer(root: unknown, one: JsonOperation): JsonOperation | 'refused' | 'nothing' {
  const there = (path: string) => leadsSomewhere(root, path, 'there');
  const made = (path: string) => leadsSomewhere(root, path, 'made');
  const inObject = (path: string) => made(path) && !Array.isArray(valueAt(root, path.slice(0, path.lastIndexOf('/'))));
  switch (one.op) {
    case 'add':
      return made(one.path) ? one : 'refused';
    case 'replace':
      if (there(one.path)) return one;
      return inObject(one.path) ? { ...one, op: 'add' } : 'refused';
    case 'remove':
      return one.path !== '' && there(one.path) ? one : 'refused';
    case 'test':
      if (there(one.path)) return one;
      return one.value === null ? 'nothing' : 'refused';
    case 'copy':
      if (!made(one.path)) return 'refused';
      if (there(one.from)) return one;
      return inObject(one.from) ? { op: 'add', path: one.path, value: null } : 'refused';
    case 'move': {
      if (!there(one.from) || one.from === '' || one.path.startsWith(`${one.from}/`)) return 'refused';
      const without = { root: structuredClone(root) };
      applyPatch(without, [{ op: 'remove', path: `/root${one.from}` }]);
      return leadsSomewhere(without.root, one.path, 'made') ? one : 'refused';
    }
  }
}

function valueAt(root: unknown, path: string): unknown {
  const holder: { root: unknown; found?: unknown } = { root: structuredClone(root) };
  applyPatch(holder, [{ op: 'copy', from: `/root${path}`, path: '/found' }]);
  return holder.found;
}

/** What the oracle makes of it; `undefined` when it is refused. */
function expected(value: unknown, operations: readonly JsonOperation[]): { readonly result: unknown } | undefined {
  const holder = { root: structuredClone(value) };
  for (const operation of operations) {
    const one = asServer(holder.root, operation);
    if (one === 'refused') return undefined;
    if (one === 'nothing') continue;
    const moved = 'from' in one ? { ...one, from: `/root${one.from}` } : one;
    const [error] = applyPatch(holder, [structuredClone({ ...moved, path: `/root${one.path}` })]);
    if (error) return undefined;
  }
  return { result: holder.root };
}

/** What we make of it; `undefined` when we refuse. */
function attempt(value: unknown, operations: readonly JsonOperation[]): { readonly result: unknown } | undefined {
  try {
    return { result: applyJsonPatch(value, operations) };
  } catch (error) {
    if (error instanceof Invalid) return undefined;
    throw error;
  }
}

const shares = (a: unknown, b: unknown): boolean => a === b;

describe('a JSON patch', () => {
  it('does what the oracle does, and leaves the document alone', () => {
    fc.assert(
      fc.property(document, fc.array(operation, { maxLength: 4 }), (value, operations) => {
        const before = structuredClone(value);
        const oracle = expected(value, operations);
        freeze(value);
        freeze(operations);
        const result = attempt(value, operations);
        expect(result).toEqual(oracle);
        expect(value).toEqual(before);
      }),
      { numRuns: 3000 },
    );
  });

  it('shares what it does not touch', () => {
    const value = { a: { b: 1 }, c: [{ d: 1 }, { e: 2 }] };
    const result = applyJsonPatch(value, [{ op: 'replace', path: '/c/0/d', value: 3 }]) as typeof value;
    expect(result).toEqual({ a: { b: 1 }, c: [{ d: 3 }, { e: 2 }] });
    expect(shares(result.a, value.a)).toBe(true);
    expect(shares(result.c[1], value.c[1])).toBe(true);
  });

  it('does not write through a copy, nor into its own values', () => {
    const list: number[] = [];
    const copied = applyJsonPatch({ a: { b: 1 } }, [
      { op: 'replace', path: '/a/b', value: 2 },
      { op: 'copy', from: '/a', path: '/c' },
      { op: 'replace', path: '/c/b', value: 3 },
      { op: 'replace', path: '/a/b', value: 4 },
      { op: 'add', path: '/list', value: list },
      { op: 'add', path: '/list/-', value: 1 },
    ]);
    expect(copied).toEqual({ a: { b: 4 }, c: { b: 3 }, list: [1] });
    expect(list).toEqual([]);
  });

  it('tests a missing field as null', () => {
    expect(applyJsonPatch({}, [{ op: 'test', path: '/a', value: null }])).toEqual({});
  });
});
