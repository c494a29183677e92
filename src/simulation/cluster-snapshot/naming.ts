import { keyedDigest } from '../../support/digest.js';

/** What a snapshot says in the place of names. */
export interface Naming {
  name(given: string): string;
  /** Of a label, a taint or a topology. */
  key(given: string): string;
  labelValue(key: string, given: string): string;
}

export const asGiven: Naming = { name: (given) => given, key: (given) => given, labelValue: (_, given) => given };

/** Keys that belong to Kubernetes and to Penstock name nothing of anybody's. */
const wellKnown = /^([a-z0-9-]+\.)*(kubernetes\.io|k8s\.io|penstock\.dev)\//;

/** Labels whose values are the same everywhere. */
const plainValues: ReadonlySet<string> = new Set([
  'kubernetes.io/os',
  'kubernetes.io/arch',
  'beta.kubernetes.io/os',
  'beta.kubernetes.io/arch',
  'penstock.dev/state',
  'penstock.dev/stoppable',
]);

/** Names that Kubernetes and Penstock give, and that decisions know. */
const plainNames: ReadonlySet<string> = new Set([
  'default-scheduler',
  'penstock-scheduler',
  'system-cluster-critical',
  'system-node-critical',
]);

/**
 * Names replaced by what only tells them apart: equal ones by equal ones, so that references and selectors still meet. Nobody can tell from the
 * file what a name was, nor try whether it was a certain one: the salt is not in it.
 */
export function hidden(salt: string): Naming {
  const known = new Map<string, string>();
  const hide = (given: string): string => {
    if (given === '' || plainNames.has(given)) return given;
    const before = known.get(given);
    if (before !== undefined) return before;
    // a name of any object, and the value of any label: letters and digits, the first a letter
    const made = `x${keyedDigest(salt, given)}`;
    known.set(given, made);
    return made;
  };
  return {
    name: hide,
    key: (given) => (wellKnown.test(given) ? given : hide(given)),
    labelValue: (key, given) => (plainValues.has(key) ? given : hide(given)),
  };
}
