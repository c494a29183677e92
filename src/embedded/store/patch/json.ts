import { BadRequest, Invalid, RequestEntityTooLarge } from '../../../cluster/errors.js';
import type { JsonOperation } from '../../../cluster/patch.js';
import { equal, isObject } from '../json.js';

/** The API server takes no longer patches. */
const mostOperations = 10_000;

type Container = Record<string, unknown> | unknown[];

/**
 * Applies a JSON Patch (RFC 6902) and returns the result, which shares with `document` whatever the patch leaves alone.
 * All or nothing: throws Invalid when a `test` fails, a path is missing, or an operation is none.
 */
export function applyJsonPatch(document: unknown, operations: readonly JsonOperation[]): unknown {
  if (!Array.isArray(operations)) throw new BadRequest('error decoding patch: a JSON patch is a list of operations');
  if (operations.length > mostOperations)
    throw new RequestEntityTooLarge(
      `The allowed maximum operations in a JSON patch is ${mostOperations}, got ${operations.length}`,
    );
  const draft = new Draft(document);
  for (const operation of operations) apply(draft, operation);
  return draft.root;
}

function apply(draft: Draft, operation: JsonOperation): void {
  switch (operation.op) {
    case 'add':
      return draft.add(stepsOf(operation.path), valueOf(operation), operation);
    case 'replace':
      return draft.replace(stepsOf(operation.path), valueOf(operation), operation);
    case 'remove':
      return draft.remove(stepsOf(operation.path), operation);
    case 'test':
      if (equal(draft.find(stepsOf(operation.path)) ?? null, valueOf(operation))) return;
      throw failed(operation, 'the value there is another');
    case 'copy':
      return draft.add(stepsOf(operation.path), draft.taken(operation), operation);
    case 'move': {
      const value = draft.taken(operation);
      if (operation.path.startsWith(`${operation.from}/`)) throw failed(operation, 'that is a move into itself');
      draft.remove(stepsOf(operation.from), operation);
      return draft.add(stepsOf(operation.path), value, operation);
    }
    default:
      throw failed(operation, 'unknown operation');
  }
}

/** A document that is copied along the paths that change, each part once, and nowhere else. */
class Draft {
  /** The parts that were copied for this patch: only these are written to. */
  readonly #own = new Set<object>();

  constructor(public root: unknown) {}

  find(steps: readonly string[]): unknown {
    let at = this.root;
    for (const step of steps) {
      if (typeof at !== 'object' || at === null) return undefined;
      at = childOf(at, step);
    }
    return at;
  }

  /** What a `copy` or a `move` carries. It may be in two places from now on, so it is nobody's own any more. */
  taken(operation: JsonOperation & { readonly from: string }): unknown {
    const from = stepsOf(operation.from);
    const last = from.at(-1);
    const parent = this.find(from.slice(0, -1));
    const value = this.find(from);
    this.#own.clear();
    if (value !== undefined) return value;
    // the server copies a missing field as null
    if (operation.op === 'copy' && last !== undefined && isObject(parent)) return null;
    throw failed(operation, `there is nothing at ${operation.from}`);
  }

  add(steps: readonly string[], value: unknown, operation: JsonOperation): void {
    const last = steps.at(-1);
    if (last === undefined) {
      this.root = value;
      return;
    }
    const parent = this.#parentOf(steps, operation);
    if (!Array.isArray(parent)) set(parent, last, value);
    else if (last === '-') parent.push(value);
    else parent.splice(indexIn(last, parent.length, operation), 0, value);
  }

  replace(steps: readonly string[], value: unknown, operation: JsonOperation): void {
    const last = steps.at(-1);
    if (last === undefined) {
      this.root = value;
      return;
    }
    const parent = this.#parentOf(steps, operation);
    if (Array.isArray(parent)) parent[indexIn(last, parent.length - 1, operation)] = value;
    // unlike RFC 6902, and like the server: what is missing is added
    else set(parent, last, value);
  }

  remove(steps: readonly string[], operation: JsonOperation): void {
    const last = steps.at(-1);
    if (last === undefined) throw failed(operation, 'the whole document cannot be removed');
    const parent = this.#parentOf(steps, operation);
    if (Array.isArray(parent)) parent.splice(indexIn(last, parent.length - 1, operation), 1);
    else if (Object.hasOwn(parent, last)) delete parent[last];
    else throw failed(operation, 'there is no such key');
  }

  /** The object or list that holds what the steps lead to, ready to be written to. */
  #parentOf(steps: readonly string[], operation: JsonOperation): Container {
    let at = this.#owned(this.root, operation);
    this.root = at;
    for (let depth = 0; depth < steps.length - 1; depth++) {
      const step = steps[depth] ?? '';
      const child = this.#owned(childOf(at, step), operation);
      if (Array.isArray(at)) at[Number(step) < 0 ? at.length + Number(step) : Number(step)] = child;
      else set(at, step, child);
      at = child;
    }
    return at;
  }

  #owned(part: unknown, operation: JsonOperation): Container {
    if (typeof part !== 'object' || part === null) throw failed(operation, 'there is no such path');
    if (this.#own.has(part)) return part as Container;
    const copy: Container = Array.isArray(part) ? [...part] : { ...part };
    this.#own.add(copy);
    return copy;
  }
}

/** The server counts negative places from the end. */
const place = /^(0|-?[1-9][0-9]*)$/;

function childOf(parent: object, step: string): unknown {
  if (Array.isArray(parent)) return place.test(step) ? parent.at(Number(step)) : undefined;
  return isObject(parent) && Object.hasOwn(parent, step) ? parent[step] : undefined;
}

/** A plain assignment, also for the one name that is no plain property. */
function set(object: Record<string, unknown>, field: string, value: unknown): void {
  if (field !== '__proto__') object[field] = value;
  else Object.defineProperty(object, field, { value, writable: true, enumerable: true, configurable: true });
}

function indexIn(step: string, last: number, operation: JsonOperation): number {
  const number = place.test(step) ? Number(step) : Number.NaN;
  const index = number < 0 ? number + last + 1 : number;
  if (index >= 0 && index <= last) return index;
  throw failed(operation, `${step} is no place in that list`);
}

const failed = (operation: JsonOperation, why: string) =>
  new Invalid(
    `the server rejected our request due to an error in our request (${operation.op} ${operation.path}: ${why})`,
  );

/** The server takes a missing value as null. */
const valueOf = (operation: JsonOperation & { readonly value: unknown }): unknown => operation.value ?? null;

function refused(why: string): Invalid {
  const cause = { field: 'patch', reason: 'FieldValueInvalid', message: `Invalid value: ${why}` };
  return new Invalid(`The request is invalid: patch: ${cause.message}`, { causes: [cause] });
}

/** The same paths come again and again. */
const known = new Map<string, readonly string[]>();
const mostKnown = 4096;

function stepsOf(path: string): readonly string[] {
  const before = known.get(path);
  if (before) return before;
  if (path !== '' && (typeof path !== 'string' || !path.startsWith('/'))) throw refused(`${path} is no JSON Pointer`);
  const steps = path === '' ? [] : path.slice(1).split('/').map(unescaped);
  if (known.size >= mostKnown) known.clear();
  known.set(path, steps);
  return steps;
}

const unescaped = (step: string): string =>
  step.includes('~') ? step.replaceAll('~1', '/').replaceAll('~0', '~') : step;
