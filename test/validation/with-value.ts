import type { Json } from './objects.js';

/** The way to a value in an object. */
export type Path = readonly (string | number)[];

/** A copy of `root` with `value` at `path`; lists and objects on the way are made where there are none. */
export function withValue(root: Json | undefined, path: Path, value: Json | undefined): Json {
  const [step, ...rest] = path;
  if (step === undefined) return value ?? null;
  if (typeof step === 'number') {
    const list: readonly Json[] = Array.isArray(root) ? root : [];
    return Object.assign([...list], { [step]: withValue(list[step], rest, value) });
  }
  const object = isObject(root) ? root : {};
  if (rest.length === 0 && value === undefined) {
    const { [step]: _, ...others } = object;
    return others;
  }
  return { ...object, [step]: withValue(object[step], rest, value) };
}

export const isObject = (value: Json | undefined): value is { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
