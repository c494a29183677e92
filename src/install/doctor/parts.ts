import type { Resource } from '../../api/meta/resource.js';
import { type Feature, features, type Part } from '../part.js';
import { nameOfPart } from '../put.js';
import { type Finding, findingsOf, listed } from './finding.js';
import { isSeen, type Sight } from './sight.js';

/** One part of an installation, and what the cluster has in its place. */
export interface PartView {
  readonly part: Part;
  readonly there: Sight<Reported | undefined>;
}

/** What the server itself says of policies and flows. */
interface Reported extends Resource {
  readonly status?: {
    readonly typeChecking?: {
      readonly expressionWarnings?: readonly { readonly fieldRef: string; readonly warning: string }[];
    };
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message?: string }[];
  };
}

/** What is worse for want of a feature that is in by default. */
const want: Partial<Readonly<Record<Feature, string>>> = {
  reserved: 'whoever may write pods can mark them as stock, or as delivered',
  authors:
    'whoever may write pools, claims or migrations can use rights of the operator that they do not have themselves',
  flows: 'deliveries wait behind refill when the server is busy',
  secrets: 'claims that name a Secret are not served',
};

/** Is everything there that the operator needs beside itself, and as this version has it? */
export function examineParts(views: readonly PartView[]): readonly Finding[] {
  const groups = new Map<Feature | undefined, PartView[]>();
  for (const view of views) groups.set(view.part.feature, [...(groups.get(view.part.feature) ?? []), view]);
  return [...groups].flatMap(([feature, group]) => [...examineGroup(feature, group), ...examineHealth(group)]);
}

function examineGroup(feature: Feature | undefined, group: readonly PartView[]): readonly Finding[] {
  const check = feature ?? 'parts';
  const { ok, unknown, warning, problem } = findingsOf(check);
  const missing = group.filter(({ there }) => isSeen(there) && there.seen === undefined);
  const isOptional = feature !== undefined && features[feature].byDefault === 'out';
  const hidden = group.flatMap(({ there }) => (isSeen(there) ? [] : [there.hidden]))[0];
  if (missing.length === group.length) {
    if (isOptional) return [];
    const lack = feature && want[feature];
    return lack === undefined
      ? [problem('nothing is there of what the operator needs beside itself', 'run: penstock install')]
      : [warning(`the feature ${feature} is not installed: ${lack}`, 'run: penstock install')];
  }
  const findings: Finding[] = [];
  const add = isOptional ? ` --with ${feature}` : '';
  if (missing.length > 0)
    findings.push(
      problem(
        `missing: ${listed(missing.map(({ part }) => nameOfPart(part)))}`,
        `run: penstock install${add}, or switch the feature off as a whole`,
      ),
    );
  const changed = group.flatMap(({ part, there }) => {
    const at = isSeen(there) && there.seen ? difference(part.object, there.seen) : undefined;
    return at === undefined ? [] : [`${nameOfPart(part)} (${at})`];
  });
  if (changed.length > 0)
    findings.push(
      warning(
        `not as this version has it: ${listed(changed)}`,
        `run: penstock install${add} (with --dry-run it says what it would change)`,
      ),
    );
  if (findings.length > 0) return findings;
  if (hidden !== undefined) return [unknown(hidden)];
  return [
    ok(
      feature === undefined
        ? 'roles, budget and priority are those of this version'
        : 'installed, as this version has it',
    ),
  ];
}

function examineHealth(group: readonly PartView[]): readonly Finding[] {
  return group.flatMap(({ part, there }) => {
    if (!isSeen(there) || !there.seen) return [];
    const { warning, problem } = findingsOf(part.feature ?? 'parts');
    const { status } = there.seen;
    const warnings = status?.typeChecking?.expressionWarnings ?? [];
    const dangling = status?.conditions?.find(({ type, status: is }) => type === 'Dangling' && is === 'True');
    return [
      ...warnings.map(({ fieldRef, warning: text }) =>
        problem(
          `${nameOfPart(part)} cannot be evaluated at ${fieldRef}: ${text}`,
          'requests that it should judge are refused or let through as it fails: report this, and leave the feature out meanwhile',
        ),
      ),
      ...(dangling
        ? [warning(`${nameOfPart(part)} has no priority level: ${dangling.message}`, 'run: penstock install')]
        : []),
    ];
  });
}

/**
 * Where an object of the cluster is not what was wanted: the path of the first field that differs. What the server or
 * others have added does not count, nor what it leaves out because it is empty.
 */
export function difference(wanted: unknown, there: unknown, path = ''): string | undefined {
  if (Array.isArray(wanted)) {
    if (!Array.isArray(there) || there.length !== wanted.length)
      return wanted.length === 0 && !there ? undefined : path;
    return firstOf(wanted.map((item, at) => () => difference(item, there[at], `${path}[${at}]`)));
  }
  if (typeof wanted === 'object' && wanted !== null) {
    const fields =
      typeof there === 'object' && there !== null ? new Map(Object.entries(there)) : new Map<string, unknown>();
    return firstOf(
      Object.entries(wanted).map(
        ([field, value]) =>
          () =>
            difference(value, fields.get(field), path === '' ? field : `${path}.${field}`),
      ),
    );
  }
  const isLeftOut = there === undefined && (wanted === undefined || wanted === '' || wanted === 0 || wanted === false);
  return wanted === there || isLeftOut ? undefined : path;
}

function firstOf(comparisons: readonly (() => string | undefined)[]): string | undefined {
  for (const compare of comparisons) {
    const found = compare();
    if (found !== undefined) return found;
  }
  return undefined;
}
