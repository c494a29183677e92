/** The answer of `/api/v1/query` (Prometheus HTTP API, instant queries). */
import type { Node } from '../../../api/kubernetes.js';
import { isCount, objectIn, objectsIn, parseObject, textIn } from '../json.js';

export interface Series {
  /** The value of the label that names the node. */
  readonly label: string;
  readonly value: number;
}

/** The series of an instant vector that have the label and a value that can be one; a sentence when it is no vector. */
export function parseVector(text: string, label: string): readonly Series[] | string {
  const answer = parseObject(text);
  if (!answer) return 'the answer is no JSON object';
  if (answer.status !== 'success') return textIn(answer, 'error')?.slice(0, 300) ?? 'the answer is not a success';
  const data = objectIn(answer, 'data');
  if (data.resultType !== 'vector')
    return `the query answers with a ${textIn(data, 'resultType') ?? 'nothing'}, not with a vector`;
  const found: Series[] = [];
  for (const one of objectsIn(data, 'result')) {
    const name = textIn(objectIn(one, 'metric'), label);
    const sample: readonly unknown[] = Array.isArray(one.value) ? one.value : [];
    // values are texts, `NaN` and `+Inf` among them
    const value = typeof sample[1] === 'string' && sample[1] !== '' ? Number(sample[1]) : Number.NaN;
    if (name !== undefined && isCount(value)) found.push({ label: name, value });
  }
  return found;
}

/** Finds the node that a label means: by its name, its host name or one of its addresses, with or without a port. */
export function nodeFinder(nodes: readonly Node[]): (label: string) => string | undefined {
  const names = new Map<string, string>();
  for (const { metadata, status } of nodes) {
    for (const { address } of status?.addresses ?? []) names.set(address, metadata.name);
    names.set(metadata.labels?.['kubernetes.io/hostname'] ?? metadata.name, metadata.name);
  }
  // whatever else is called so, names come first
  for (const { metadata } of nodes) names.set(metadata.name, metadata.name);
  return (label) => names.get(label) ?? names.get(withoutPort(label));
}

const withoutPort = (label: string): string => label.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
