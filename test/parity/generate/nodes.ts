import type { Node } from '../../../src/api/kubernetes.js';
import type { Draw } from './draw.js';
import { metadataOf } from './metadata.js';
import { extended, features, hostnameKey, images, nodeLabels, nodeName, taintKeys, zoneKey, zones } from './words.js';

/** `open`: with room, and without taints that keep pods away. */
export function makeNodes(draw: Draw, kind: 'open' | 'any'): Node[] {
  const tainted = kind === 'any' && draw.chance(0.5) ? 0.4 : 0;
  const roomy = kind === 'open' || draw.chance(0.7);
  return draw.list(1, 10, (index) => {
    const name = nodeName(index);
    const labels = {
      ...(draw.chance(0.92) ? { [hostnameKey]: name } : {}),
      ...(draw.chance(0.85) ? { [zoneKey]: draw.pick(zones) } : {}),
      ...draw.labels(nodeLabels, 0.6),
    };
    const taints = draw.chance(tainted)
      ? draw.list(1, 3, () => ({
          key: draw.pick(taintKeys),
          ...draw.field(0.6, 'value', () => draw.pick(['v1', 'v2', '7'])),
          effect: draw.pick(['NoSchedule', 'NoExecute', 'PreferNoSchedule', 'PreferNoSchedule']),
        }))
      : [];
    return {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: metadataOf(name, draw.chance(0.95) ? { labels } : {}),
      spec: {
        ...draw.field(tainted / 3, 'unschedulable', () => true),
        ...(taints.length > 0 ? { taints } : {}),
      },
      status: {
        allocatable: allocatable(draw, roomy),
        ...draw.field(0.5, 'images', () => nodeImages(draw)),
        ...draw.field(0.7, 'declaredFeatures', () => draw.some(features, 0.7)),
      },
    };
  });
}

const allocatable = (draw: Draw, roomy: boolean): Record<string, string> => ({
  ...draw.field(0.97, 'cpu', () => draw.pick(roomy ? ['8', '16', '7910m'] : ['1', '2', '1500m', '0'])),
  ...draw.field(0.97, 'memory', () => draw.pick(roomy ? ['16Gi', '32Gi', '30000000Ki'] : ['1Gi', '2Gi', '1500M'])),
  ...draw.field(0.97, 'pods', () => draw.pick(roomy ? ['110', '20'] : ['2', '4', '8'])),
  ...draw.field(0.7, 'ephemeral-storage', () => draw.pick(['10Gi', '100Gi', '1Gi'])),
  ...Object.fromEntries(draw.some(extended, 0.5).map((name) => [name, amountOf(name, draw)])),
});

const amountOf = (name: string, draw: Draw): string =>
  name.startsWith('hugepages') ? draw.pick(['0', '64Mi', '1Gi']) : draw.pick(['0', '1', '4', '8']);

const nodeImages = (draw: Draw) =>
  draw.list(1, 4, () => ({
    names: draw.some(['app:v1', 'registry:5000/app:latest', ...images, 'base@sha256:1'], 0.3),
    sizeBytes: draw.pick([0, 5_000_000, 30_000_000, 400_000_001, 1_500_000_000, 4_000_000_000]),
  }));
