import type { Definition } from '../../../api/definition.js';
import { inspect, validate, withDefaults } from '../../../api/validation.js';
import { isObject, type Item } from '../json.js';
import type { Admission } from './rules.js';

/** What the schema of a kind's CRD makes an API server do with its objects. */
export function admissionOf(definition: Definition): Admission {
  return {
    defaults: (object) => withDefaults(definition, object),
    validate: (object, old) => validate(definition, object, old),
    prune: (object) => {
      let result: unknown = object;
      for (const { path, reason } of inspect(definition, object))
        if (reason === 'UnknownField') result = without(result, path);
      return result as Item;
    },
  };
}

function without(value: unknown, [step, ...rest]: readonly PropertyKey[]): unknown {
  if (Array.isArray(value)) return value.map((item, index) => (index === step ? without(item, rest) : item));
  if (!isObject(value) || typeof step !== 'string') return value;
  if (rest.length > 0) return { ...value, [step]: without(value[step], rest) };
  const { [step]: _unknown, ...known } = value;
  return known;
}
