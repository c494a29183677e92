import type { Container, Pod, PodSpec } from '../../../src/api/kubernetes.js';
import { stored } from './api-defaults.js';
import type { Draw } from './draw.js';
import { metadataOf } from './metadata.js';
import { makeImage, makePort, makeResources } from './resources.js';
import { makeNodeAffinity, makeNodeSelector, makePodAffinity, makeSpread, makeToleration } from './selectors.js';
import { podLabels } from './words.js';

/** How probable each feature is in the pods of a case: some cases are about few of them, and others about all. */
export interface Mix {
  readonly initial: number;
  readonly overhead: number;
  readonly podLevel: number;
  readonly ports: number;
  readonly nodes: number;
  readonly near: number;
  readonly spread: number;
  readonly tolerations: number;
  readonly features: number;
  readonly volumes: number;
  readonly terminating: number;
  readonly resized: number;
}

const nothing: Mix = {
  initial: 0,
  overhead: 0,
  podLevel: 0,
  ports: 0,
  nodes: 0,
  near: 0,
  spread: 0,
  tolerations: 0,
  features: 0,
  volumes: 0,
  terminating: 0,
  resized: 0,
};

/** What a focused case may be about: little else keeps its pod from a node, so that its numbers decide. */
const focuses = ['nodes', 'near', 'spread', 'volumes', 'ports', 'podLevel', 'initial'] as const;

export const makeFocus = (draw: Draw): Mix => ({
  ...nothing,
  terminating: share(draw) / 2,
  [draw.pick(focuses)]: 0.8,
  ...draw.field(0.3, draw.pick(focuses), () => 0.5),
});

export const makeMix = (draw: Draw): Mix => ({
  initial: share(draw),
  overhead: share(draw) / 2,
  podLevel: share(draw) / 2,
  ports: share(draw) / 2,
  nodes: share(draw),
  near: share(draw),
  spread: share(draw),
  tolerations: draw.chance(0.6) ? 0.6 : 0,
  features: draw.chance(0.2) ? 0.2 : 0,
  volumes: share(draw),
  terminating: share(draw) / 2,
  resized: share(draw) / 2,
});

const share = (draw: Draw): number => draw.pick([0, 0, 0.2, 0.5]);

/** A pod that waits; `makeVolumes` supplies volumes of claims and disks. */
export function makePod(
  draw: Draw,
  { name, namespaces }: { readonly name: string; readonly namespaces: readonly string[] },
  mix: Mix,
  makeVolumes: () => NonNullable<PodSpec['volumes']>,
): Pod {
  const namespace = draw.pick(namespaces);
  const labels = draw.labels(podLabels, 0.7);
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: metadataOf(name, { namespace, labels }),
    spec: stored(makeSpec(draw, mix, makeVolumes), labels),
    status: { phase: 'Pending' },
  };
}

function makeSpec(draw: Draw, mix: Mix, makeVolumes: () => NonNullable<PodSpec['volumes']>): PodSpec {
  const container = (name: string): Container => ({
    name,
    image: makeImage(draw),
    resources: makeResources(draw),
    ...draw.field(mix.ports, 'ports', () => draw.list(1, 2, () => makePort(draw))),
    ...draw.field(mix.features, 'restartPolicyRules', () => [{ action: 'RestartAllContainers' }]),
  });
  const initial = (index: number): Container => ({
    ...container(`init-${index}`),
    ...draw.field(0.5, 'restartPolicy', () => 'Always'),
  });
  const nearness = {
    ...draw.field(mix.nodes, 'nodeAffinity', () => makeNodeAffinity(draw)),
    ...draw.field(mix.near, 'podAffinity', () => makePodAffinity(draw)),
    ...draw.field(mix.near, 'podAntiAffinity', () => makePodAffinity(draw)),
  };
  const volumes = draw.chance(mix.volumes) ? makeVolumes() : [];
  return {
    containers: draw.list(1, 2, (index) => container(`main-${index}`)),
    ...draw.field(mix.initial, 'initContainers', () => draw.list(1, 3, initial)),
    ...draw.field(mix.overhead, 'overhead', () => ({ cpu: '50m', memory: '20Mi' })),
    ...draw.field(mix.podLevel, 'resources', () => makePodLevel(draw)),
    ...draw.field(mix.nodes / 2, 'nodeSelector', () => makeNodeSelector(draw)),
    ...(Object.keys(nearness).length > 0 ? { affinity: nearness } : {}),
    ...draw.field(mix.spread, 'topologySpreadConstraints', () => draw.list(1, 3, () => makeSpread(draw))),
    ...draw.field(mix.tolerations, 'tolerations', () => draw.list(1, 3, () => makeToleration(draw))),
    ...(volumes.length > 0 ? { volumes } : {}),
    ...(draw.chance(mix.features / 2) ? { hostNetwork: true, hostUsers: false } : {}),
    ...draw.field(0.7, 'priority', () => draw.pick([0, 10, 10, 100])),
  };
}

const makePodLevel = (draw: Draw) => ({
  ...draw.field(0.7, 'requests', () => ({
    ...draw.field(0.6, 'cpu', () => draw.pick(['500m', '2'])),
    ...draw.field(0.6, 'memory', () => draw.pick(['1Gi', '300Mi'])),
  })),
  ...draw.field(0.5, 'limits', () => ({ cpu: '3', ...draw.field(0.5, 'memory', () => '4Gi') })),
});

/** The pod on a node: perhaps about to end, perhaps in the middle of a resize. */
export function bound(draw: Draw, pod: Pod, nodeName: string, mix: Mix): Pod {
  const { spec = { containers: [] } } = pod;
  return {
    ...pod,
    metadata: draw.chance(mix.terminating)
      ? { ...pod.metadata, deletionTimestamp: '2026-01-02T00:00:00Z', deletionGracePeriodSeconds: 30 }
      : pod.metadata,
    spec: { ...spec, nodeName },
    status: draw.chance(mix.resized) ? resizedStatus(draw, spec) : { phase: 'Running' },
  };
}

function resizedStatus(draw: Draw, { containers }: PodSpec): NonNullable<Pod['status']> {
  const amounts = () => ({
    ...draw.field(0.8, 'cpu', () => draw.pick(['50m', '700m', '2'])),
    ...draw.field(0.8, 'memory', () => draw.pick(['32Mi', '800Mi', '2Gi'])),
  });
  return {
    phase: 'Running',
    containerStatuses: containers.map(({ name }) => ({
      name,
      image: '',
      imageID: '',
      ready: true,
      restartCount: 0,
      ...draw.field(0.6, 'allocatedResources', amounts),
      ...draw.field(0.6, 'resources', () => ({ ...draw.field(0.8, 'requests', amounts) })),
    })),
    ...draw.field(0.3, 'allocatedResources', amounts),
    ...draw.field(0.3, 'resources', () => ({ ...draw.field(0.8, 'requests', amounts) })),
    ...draw.field(0.5, 'conditions', () => [
      { type: 'PodResizePending', status: 'True', reason: draw.pick(['Infeasible', 'Deferred']) },
    ]),
  };
}
