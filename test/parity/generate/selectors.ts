import type { PodSpec } from '../../../src/api/kubernetes.js';
import type { LabelSelector } from '../../../src/api/meta/label-selector.js';
import type { NodeTerms, PodTerm, SpreadConstraint } from '../../../src/scheduling/pod-shape.js';
import type { Draw } from './draw.js';
import {
  hostnameKey,
  namespaceLabels,
  namespaceNames,
  nodeLabels,
  nodeName,
  podLabels,
  taintKeys,
  topologyKeys,
  zoneKey,
  zones,
} from './words.js';

type Words = Readonly<Record<string, readonly string[]>>;

function makeExpression(draw: Draw, words: Words) {
  const key = draw.pick(Object.keys(words));
  const operator = draw.pick(['In', 'In', 'NotIn', 'Exists', 'DoesNotExist']);
  if (operator === 'Exists' || operator === 'DoesNotExist') return { key, operator };
  return { key, operator, values: [draw.pick(words[key] ?? []), ...draw.some(words[key] ?? [], 0.3)] };
}

/** Of pods; often one that selects many. */
const makeSelector = (draw: Draw): LabelSelector =>
  draw.chance(0.3) ? { matchLabels: draw.labels({ tier: podLabels.tier }, 0.8) } : makeAnySelector(draw, podLabels);

const makeAnySelector = (draw: Draw, words: Words): LabelSelector => ({
  ...draw.field(0.5, 'matchLabels', () => draw.labels(words, 0.4)),
  ...draw.field(0.4, 'matchExpressions', () => draw.list(1, 2, () => makeExpression(draw, words))),
});

const placeLabels: Words = { ...nodeLabels, [zoneKey]: zones, [hostnameKey]: [0, 1, 2].map(nodeName) };

function makeNodeExpression(draw: Draw) {
  if (draw.chance(0.8)) return makeExpression(draw, placeLabels);
  return { key: 'size', operator: draw.pick(['Gt', 'Lt']), values: [draw.pick(['0', '1', '5'])] };
}

function makeNodeTerm(draw: Draw): NodeTerms[number] {
  const byName = draw.chance(0.2);
  return {
    ...draw.field(0.85, 'matchExpressions', () => draw.list(1, 2, () => makeNodeExpression(draw))),
    ...(byName
      ? {
          matchFields: draw.list(1, 2, () => ({
            key: 'metadata.name',
            operator: draw.pick(['In', 'In', 'NotIn']),
            values: [nodeName(draw.integer(0, 5))],
          })),
        }
      : {}),
  };
}

export const makeNodeAffinity = (draw: Draw): NonNullable<NonNullable<PodSpec['affinity']>['nodeAffinity']> => ({
  ...draw.field(0.6, 'requiredDuringSchedulingIgnoredDuringExecution', () => ({
    nodeSelectorTerms: draw.list(1, 3, () => makeNodeTerm(draw)),
  })),
  ...draw.field(0.6, 'preferredDuringSchedulingIgnoredDuringExecution', () =>
    draw.list(1, 3, () => ({ weight: draw.integer(1, 100), preference: makeNodeTerm(draw) })),
  ),
});

export const makeNodeSelector = (draw: Draw): Record<string, string> =>
  draw.labels({ disk: ['ssd', 'hdd'], [zoneKey]: zones, rack: ['r1', 'r2'] }, 0.35);

/** Keys whose values are the pod's own. The API server allows none that the selector names. */
const keysBeside = ({ matchLabels = {}, matchExpressions = [] }: LabelSelector, keys: readonly string[], draw: Draw) =>
  draw.some(keys, 0.7).filter((key) => !(key in matchLabels) && matchExpressions.every((one) => one.key !== key));

function makePodTerm(draw: Draw): PodTerm {
  const selector = makeSelector(draw);
  return {
    topologyKey: draw.pick(topologyKeys),
    ...draw.field(0.95, 'labelSelector', () => selector),
    ...draw.field(0.25, 'namespaces', () => draw.some([...namespaceNames, 'absent'])),
    ...draw.field(0.25, 'namespaceSelector', () => makeAnySelector(draw, namespaceLabels)),
    ...draw.field(0.15, 'matchLabelKeys', () => keysBeside(selector, ['version', 'absent'], draw)),
    ...draw.field(0.15, 'mismatchLabelKeys', () => keysBeside(selector, ['tier', 'none'], draw)),
  };
}

export const makePodAffinity = (draw: Draw): NonNullable<NonNullable<PodSpec['affinity']>['podAffinity']> => ({
  ...draw.field(0.5, 'requiredDuringSchedulingIgnoredDuringExecution', () => draw.list(1, 2, () => makePodTerm(draw))),
  ...draw.field(0.6, 'preferredDuringSchedulingIgnoredDuringExecution', () =>
    draw.list(1, 2, () => ({ weight: draw.integer(1, 100), podAffinityTerm: makePodTerm(draw) })),
  ),
});

export function makeSpread(draw: Draw): SpreadConstraint {
  const hard = draw.chance(0.5);
  const selector = makeSelector(draw);
  return {
    topologyKey: draw.pick(topologyKeys),
    maxSkew: draw.pick([1, 1, 1, 2, 3]),
    whenUnsatisfiable: hard ? 'DoNotSchedule' : 'ScheduleAnyway',
    ...draw.field(0.95, 'labelSelector', () => selector),
    ...draw.field(hard ? 0.3 : 0, 'minDomains', () => draw.integer(1, 4)),
    ...draw.field(0.3, 'nodeAffinityPolicy', () => draw.pick(['Honor', 'Ignore'])),
    ...draw.field(0.3, 'nodeTaintsPolicy', () => draw.pick(['Honor', 'Ignore'])),
    ...draw.field(0.2, 'matchLabelKeys', () => keysBeside(selector, ['version', 'absent'], draw)),
  };
}

export function makeToleration(draw: Draw): NonNullable<PodSpec['tolerations']>[number] {
  const effect = draw.field(0.6, 'effect', () => draw.pick(['NoSchedule', 'NoExecute', 'PreferNoSchedule']));
  if (draw.chance(0.15)) return { operator: 'Exists', ...effect };
  const key = draw.pick(taintKeys);
  if (draw.chance(0.4)) return { key, operator: 'Exists', ...effect };
  return {
    key,
    ...draw.field(0.6, 'operator', () => draw.pick(['Equal', 'Equal', 'Equal', 'Lt', 'Gt'])),
    value: draw.pick(['v1', 'v2', '7', '9']),
    ...effect,
  };
}
