import { Invalid } from '../../../cluster/errors.js';
import type { JsonOperation } from '../../../cluster/patch.js';
import { equal, isObject, type JsonObject } from '../json.js';

/** The API server takes no longer patches. */
const mostOperations = 10_000;

/**
 * Applies a JSON Patch (RFC 6902) and returns the result, which shares with `document` whatever the patch leaves alone.
 * All or nothing: throws Invalid when a `test` fails, a path is missing, or an operation is none.
 */
export function applyJsonPatch(document: unknown, operations: readonly JsonOperation[]): unknown {
  if (operations.length > mostOperations)
    throw new Invalid(`The allowed maximum operations in a JSON patch is ${mostOperations}, got ${operations.length}`);
  let result = document;
  for (const operation of operations) result = apply(result, operation);
  return result;
}

function apply(document: unknown, operation: JsonOperation): unknown {
  switch (operation.op) {
    case 'add':
      return edit(document, stepsOf(operation.path, operation), 0, add, valueOf(operation), operation);
    case 'replace':
      return edit(document, stepsOf(operation.path, operation), 0, replace, valueOf(operation), operation);
    case 'remove':
      return edit(document, stepsOf(operation.path, operation), 0, remove, undefined, operation);
    case 'test':
      if (equal(find(document, stepsOf(operation.path, operation)) ?? null, valueOf(operation))) return document;
      throw failed(operation, 'the value there is another');
    case 'copy':
      return edit(document, stepsOf(operation.path, operation), 0, add, existing(document, operation), operation);
    case 'move': {
      const value = existing(document, operation);
      if (operation.path.startsWith(`${operation.from}/`)) throw failed(operation, 'cannot move a value into itself');
      const without = edit(document, stepsOf(operation.from, operation), 0, remove, undefined, operation);
      return edit(without, stepsOf(operation.path, operation), 0, add, value, operation);
    }
    default:
      throw failed(operation, 'unknown operation');
  }
}

const failed = (operation: JsonOperation, why: string) =>
  new Invalid(
    `the server rejected our request due to an error in our request (${operation.op} ${operation.path}: ${why})`,
  );

function valueOf(operation: JsonOperation & { readonly value: unknown }): unknown {
  if (operation.value === undefined) throw failed(operation, 'it has no value');
  return operation.value;
}

function existing(document: unknown, operation: JsonOperation & { readonly from: string }): unknown {
  const value = find(document, stepsOf(operation.from, operation));
  if (value === undefined) throw failed(operation, `there is nothing at ${operation.from}`);
  return value;
}

function stepsOf(path: unknown, operation: JsonOperation): readonly string[] {
  if (path === '') return [];
  if (typeof path !== 'string' || !path.startsWith('/')) throw failed(operation, 'that is no JSON Pointer');
  const steps = path.slice(1).split('/');
  return path.includes('~') ? steps.map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~')) : steps;
}

function find(document: unknown, steps: readonly string[]): unknown {
  let at = document;
  for (const step of steps) {
    if (Array.isArray(at)) at = /^(0|[1-9][0-9]*)$/.test(step) ? at[Number(step)] : undefined;
    else if (isObject(at) && Object.hasOwn(at, step)) at = at[step];
    else return undefined;
  }
  return at;
}

/** What is done in the innermost object or list. */
type Edit = (
  parent: JsonObject | readonly unknown[],
  step: string,
  value: unknown,
  operation: JsonOperation,
) => unknown;

function edit(
  parent: unknown,
  steps: readonly string[],
  depth: number,
  change: Edit,
  value: unknown,
  operation: JsonOperation,
): unknown {
  const step = steps[depth];
  if (step === undefined) {
    if (operation.op === 'remove') throw failed(operation, 'cannot remove the whole document');
    return value;
  }
  if (typeof parent !== 'object' || parent === null) throw failed(operation, 'there is no such path');
  const container = parent as JsonObject | readonly unknown[];
  if (depth === steps.length - 1) return change(container, step, value, operation);
  const child = find(container, [step]);
  if (child === undefined) throw failed(operation, 'there is no such path');
  const changed = edit(child, steps, depth + 1, change, value, operation);
  if (changed === child) return container;
  return isObject(container) ? { ...container, [step]: changed } : container.with(Number(step), changed);
}

function indexIn(list: readonly unknown[], step: string, last: number, operation: JsonOperation): number {
  const index = /^(0|[1-9][0-9]*)$/.test(step) ? Number(step) : Number.NaN;
  if (index <= last) return index;
  throw failed(operation, `${step} is no place in a list of ${list.length}`);
}

const add: Edit = (parent, step, value, operation) => {
  if (isObject(parent)) return { ...parent, [step]: value };
  return parent.toSpliced(step === '-' ? parent.length : indexIn(parent, step, parent.length, operation), 0, value);
};

const replace: Edit = (parent, step, value, operation) => {
  if (!isObject(parent)) return parent.with(indexIn(parent, step, parent.length - 1, operation), value);
  if (!Object.hasOwn(parent, step)) throw failed(operation, 'there is no such key');
  return { ...parent, [step]: value };
};

const remove: Edit = (parent, step, _value, operation) => {
  if (!isObject(parent)) return parent.toSpliced(indexIn(parent, step, parent.length - 1, operation), 1);
  if (!Object.hasOwn(parent, step)) throw failed(operation, 'there is no such key');
  const { [step]: _gone, ...rest } = parent;
  return rest;
};
