import { isMap, isPair, isScalar, isSeq, LineCounter, type Node, parseAllDocuments, type Document } from 'yaml';
import { messageOf } from '../support/errors.js';
import type { Definition } from './definition.js';
import { definitions } from './definitions.js';
import type { Cause } from './meta/cause.js';
import type { Draft, Resource } from './meta/resource.js';
import { nearest } from './schema/suggestion.js';
import { either, shown } from './schema/wording.js';
import { fieldOf, inspect } from './validation.js';

/** Reads the YAML (or JSON) in which users write pools and claims, one or several of them to a file. */

/** Something wrong, and where it stands in the file. Lines and columns count from 1. */
export interface Misprint extends Cause {
  readonly line: number;
  readonly column: number;
}

interface ManifestObject {
  readonly definition: Definition;
  /** As it was written, without defaults. */
  readonly object: Draft<Resource>;
  readonly line: number;
}

export interface Manifest {
  /** What is right. */
  readonly objects: readonly ManifestObject[];
  /** What is wrong, in the order of the file. */
  readonly misprints: readonly Misprint[];
}

/** A request to an API server is at most so long. */
const longestText = 3 * 2 ** 20;
const mostDocuments = 1000;

export function readManifest(text: string): Manifest {
  if (text.length > longestText)
    return { objects: [], misprints: [atStart(`must be at most ${longestText} characters long`)] };
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false, merge: true });
  const written = documents.filter((document) => !isEmpty(document));
  if (written.length > mostDocuments) {
    return { objects: [], misprints: [atStart(`must hold at most ${mostDocuments} objects, holds ${written.length}`)] };
  }
  const read = written.map((document) => readDocument(document, lines));
  return { objects: read.flatMap(({ objects }) => objects), misprints: read.flatMap(({ misprints }) => misprints) };
}

/** `pool.yaml:12:5: spec.replicas: must be 0 or more, is -3` */
export function printed(file: string, { line, column, field, message }: Misprint): string {
  return [`${file}:${line}:${column}`, ...(field ? [field] : []), message].join(': ');
}

/** Nothing, or comments alone, between two markers. */
const isEmpty = ({ contents, errors }: Document) =>
  errors.length === 0 && (contents === null || (isScalar(contents) && contents.value === null));

const atStart = (message: string): Misprint => ({ line: 1, column: 1, message });

function readDocument(document: Document, lines: LineCounter): Manifest {
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  const nothing = (...misprints: readonly Misprint[]): Manifest => ({ objects: [], misprints });
  const { errors, contents } = document;
  if (errors.length > 0) {
    return nothing(...errors.map(({ pos, message }) => ({ ...at(pos[0]), message: `is not YAML: ${message}` })));
  }
  const start = at(contents?.range?.[0] ?? 0);
  const value = valueOf(document);
  if (value instanceof Error) return nothing({ ...start, message: `is not YAML: ${value.message}` });
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return nothing({
      ...start,
      message: `must be an object with apiVersion, kind, metadata and spec, is ${shown(value)}`,
    });
  }
  const place = (path: readonly PropertyKey[]) => at(offsetOf(contents, path));
  const definition = definitions.find(({ kind }) => kind.name === Reflect.get(value, 'kind'));
  if (!definition)
    return nothing({ ...place(['kind']), field: 'kind', message: kindWords(Reflect.get(value, 'kind')) });
  const misprints = inspect(definition, value).map(({ path, reason, message }) => ({
    ...place(path),
    field: fieldOf(path),
    reason,
    message,
  }));
  if (misprints.length > 0 || !isDraft(value)) return nothing(...misprints.sort(byPlace));
  return { objects: [{ definition, object: value, ...start }], misprints: [] };
}

/** The plain value of a document, or what keeps it from having one, such as too many aliases. */
function valueOf(document: Document): unknown {
  try {
    return document.toJS();
  } catch (error) {
    return new Error(messageOf(error));
  }
}

function kindWords(found: unknown): string {
  if (found === undefined) return 'is required';
  const known = definitions.map(({ kind }) => kind.name);
  const like = typeof found === 'string' ? nearest(found, known) : undefined;
  return `must be ${either(known)}, is ${shown(found)}${like === undefined ? '' : `; did you mean \`${like}\`?`}`;
}

/** What the definition's schema has found right. */
const isDraft = (value: object): value is Draft<Resource> => 'metadata' in value;

const byPlace = (a: Misprint, b: Misprint) => a.line - b.line || a.column - b.column;

/** Where the field at `path` begins: its key in a map, the item in a list; for what is missing, where it should be. */
function offsetOf(contents: Node | null, path: readonly PropertyKey[]): number {
  let node: unknown = contents;
  let offset = contents?.range?.[0] ?? 0;
  for (const step of path) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
      if (!isPair(pair)) break;
      if (isScalar(pair.key)) offset = pair.key.range?.[0] ?? offset;
      node = pair.value;
    } else if (isSeq<Node>(node) && typeof step === 'number') {
      const item: Node | undefined = node.items[step];
      if (!item) break;
      offset = item.range?.[0] ?? offset;
      node = item;
    } else break;
  }
  return offset;
}
