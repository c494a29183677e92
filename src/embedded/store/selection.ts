import { BadRequest } from '../../cluster/errors.js';
import type { Query } from '../../cluster/cluster.js';
import type { Item } from './json.js';
import type { KindRules } from './kinds/rules.js';
import { fieldTerms, labelMatch } from './selectors.js';

const noLabels = {};

/** What a list or a watch asks for, read once. */
export interface Selection {
  readonly namespace: string | undefined;
  /** Set when only objects with this name can match. */
  readonly name: string | undefined;
  /** Set when only pods of this node can match; `''` for those of no node. */
  readonly node: string | undefined;
  /** Absent when every object (of the namespace) matches. */
  readonly matches: ((object: Item) => boolean) | undefined;
}

/** Throws BadRequest for a selector that is malformed or names a field that this kind cannot be selected by. */
export function selectionOf(query: Query, rules: KindRules): Selection {
  const byLabels = labelMatch(query.labels);
  const terms = fieldTerms(query.fields);
  const tests: ((object: Item) => boolean)[] = [];
  if (byLabels) tests.push((object) => byLabels(object.metadata.labels ?? noLabels));
  for (const { field, value, equal } of terms) {
    const read = readerOf(field, rules);
    tests.push((object) => (read(object) === value) === equal);
  }
  const pinned = (field: string) => terms.find((term) => term.equal && term.field === field)?.value;
  const [only] = tests;
  return {
    namespace: query.namespace,
    name: pinned('metadata.name'),
    node: pinned('spec.nodeName'),
    matches: tests.length <= 1 ? only : (object) => tests.every((test) => test(object)),
  };
}

function readerOf(field: string, rules: KindRules): (object: Item) => string {
  if (field === 'metadata.name') return (object) => object.metadata.name;
  if (field === 'metadata.namespace' && rules.kind.namespaced) return (object) => object.metadata.namespace ?? '';
  const read = rules.fields?.[field];
  if (read) return read;
  throw new BadRequest(
    rules.origin === 'custom'
      ? `field label not supported: ${field}`
      : `"${field}" is not a known field selector: only "metadata.name", "metadata.namespace"`,
  );
}
