import type { Metadata, OwnerReference } from '../../api/meta/metadata.js';
import type { Cause } from '../../cluster/errors.js';
import type { KindRules } from './kinds/rules.js';
import {
  labelNameProblems,
  labelValueProblems,
  pathSegmentProblems,
  qualifiedNameProblems,
  subdomainProblems,
} from './names.js';
import { forbiddenField, immutable, required, tooLong, wrong } from './refusals.js';

/** All annotations of an object together, keys and values. */
const annotationsLimit = 256 * 1024;

/** The longest prefix that a generated name keeps of `generateName`; five random characters follow. */
const longestPrefix = 58;

export const generatedName = (prefix: string, suffix: string): string => prefix.slice(0, longestPrefix) + suffix;

/** A version 4 UUID of 32 hexadecimal digits. */
export function uuid(digits: string): string {
  const variant = '89ab'[Number.parseInt(digits[16] ?? '0', 16) & 3];
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-4${digits.slice(13, 16)}-${variant}${digits.slice(17, 20)}-${digits.slice(20, 32)}`;
}

/** What is wrong with a new object's metadata. */
export function newMetadataCauses(metadata: Metadata, rules: KindRules): readonly Cause[] {
  const causes: Cause[] = [];
  if (metadata.name === '') causes.push(required('metadata.name', 'name or generateName is required'));
  else
    for (const problem of nameProblems(metadata.name, rules))
      causes.push(wrong('metadata.name', metadata.name, problem));
  return [
    ...causes,
    ...labelCauses(metadata.labels),
    ...annotationCauses(metadata.annotations),
    ...ownerCauses(metadata.ownerReferences),
    ...finalizerCauses(metadata.finalizers, rules),
  ];
}

function nameProblems(name: string, { names }: KindRules): readonly string[] {
  switch (names) {
    case 'label':
      return labelNameProblems(name);
    case 'subdomain':
      return subdomainProblems(name);
    case 'path':
      return pathSegmentProblems(name);
  }
}

/** What is wrong with the change of an object's metadata. Looks only at what changed. */
export function metadataChangeCauses(metadata: Metadata, old: Metadata, rules: KindRules): readonly Cause[] {
  if (metadata === old) return [];
  const causes: Cause[] = [];
  if (old.deletionTimestamp !== undefined && metadata.finalizers !== old.finalizers) {
    const added = (metadata.finalizers ?? []).filter((finalizer) => !old.finalizers?.includes(finalizer));
    if (added.length > 0)
      causes.push(
        forbiddenField(
          'metadata.finalizers',
          `no new finalizers can be added if the object is being deleted, found new finalizers []string{${added.map((one) => `"${one}"`).join(', ')}}`,
        ),
      );
  }
  for (const field of ['deletionTimestamp', 'deletionGracePeriodSeconds'] as const)
    if (metadata[field] !== old[field]) causes.push(immutable(`metadata.${field}`, metadata[field]));
  if (metadata.labels !== old.labels) causes.push(...labelCauses(metadata.labels));
  if (metadata.annotations !== old.annotations) causes.push(...annotationCauses(metadata.annotations));
  if (metadata.ownerReferences !== old.ownerReferences) causes.push(...ownerCauses(metadata.ownerReferences));
  if (metadata.finalizers !== old.finalizers) causes.push(...finalizerCauses(metadata.finalizers, rules));
  return causes;
}

export function labelCauses(labels: Metadata['labels'], field = 'metadata.labels'): readonly Cause[] {
  const causes: Cause[] = [];
  for (const key in labels) {
    for (const problem of checkedKey(key)) causes.push(wrong(field, key, problem));
    const value = labels[key] ?? '';
    for (const problem of labelValueProblems(value)) causes.push(wrong(field, value, problem));
  }
  return causes;
}

function annotationCauses(annotations: Metadata['annotations']): readonly Cause[] {
  const causes: Cause[] = [];
  let size = 0;
  for (const key in annotations) {
    for (const problem of checkedKey(key.toLowerCase())) causes.push(wrong('metadata.annotations', key, problem));
    size += byteLength(key) + byteLength(annotations[key] ?? '');
  }
  if (size > annotationsLimit)
    causes.push(tooLong('metadata.annotations', `may not be more than ${annotationsLimit} bytes`));
  return causes;
}

/** Good keys come again and again: they are remembered, up to a limit. */
const goodKeys = new Set<string>();
const mostGoodKeys = 4096;

function checkedKey(key: string): readonly string[] {
  if (goodKeys.has(key)) return [];
  const problems = qualifiedNameProblems(key);
  if (problems.length === 0) {
    if (goodKeys.size >= mostGoodKeys) goodKeys.clear();
    goodKeys.add(key);
  }
  return problems;
}

/** Length in UTF-8. */
function byteLength(text: string): number {
  let length = text.length;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0x7ff && (code < 0xd800 || code > 0xdfff)) length += 2;
    else if (code > 0x7f) length++;
  }
  return length;
}

function ownerCauses(owners: readonly OwnerReference[] = []): readonly Cause[] {
  const field = 'metadata.ownerReferences';
  const causes: Cause[] = [];
  let controller: string | undefined;
  for (const [index, owner] of owners.entries()) {
    const place = `${field}[${index}]`;
    for (const part of ['apiVersion', 'kind', 'name', 'uid'] as const)
      if (!owner[part]) causes.push(required(`${place}.${part}`, 'must not be empty'));
    if (owner.apiVersion === 'v1' && owner.kind === 'Event')
      causes.push(wrong(place, owner, '/v1, Kind=Event is disallowed from being an owner'));
    if (owner.controller !== true) continue;
    const name = `${owner.kind}/${owner.name}`;
    if (controller === undefined) controller = name;
    else
      causes.push(
        wrong(
          field,
          owners,
          `Only one reference can have Controller set to true. Found "true" in references for ${controller} and ${name}`,
        ),
      );
  }
  return causes;
}

const standardFinalizers = new Set(['orphan', 'foregroundDeletion', 'kubernetes']);

/** Built-in kinds want their finalizers to have a domain; those of custom kinds may be any name. */
function finalizerCauses(finalizers: readonly string[] = [], { origin }: KindRules): readonly Cause[] {
  const field = 'metadata.finalizers';
  const causes: Cause[] = [];
  for (const [index, finalizer] of finalizers.entries()) {
    const problems = qualifiedNameProblems(finalizer);
    for (const problem of problems) causes.push(wrong(field, finalizer, problem));
    if (origin === 'custom') continue;
    for (const problem of problems) causes.push(wrong(`${field}[${index}]`, finalizer, problem));
    if (problems.length === 0 && !finalizer.includes('/') && !standardFinalizers.has(finalizer))
      causes.push(
        wrong(`${field}[${index}]`, finalizer, 'name is neither a standard finalizer name nor is it fully qualified'),
      );
  }
  if (finalizers.includes('orphan') && finalizers.includes('foregroundDeletion'))
    causes.push(wrong(field, finalizers, 'finalizer orphan and foregroundDeletion cannot be both set'));
  return causes;
}
