/**
 * Nodes and pods in the proportions of the public trace openb, for those who do not have it: its commonest kinds of nodes, and of pods the
 * commonest shares of a GPU with the cpu and memory that pods with such a share ask for most.
 */
import { gpuCapacity, gpuMilli } from '../../../scheduling/gpu/cards.js';
import { Snapshot } from '../../../scheduling/snapshot/snapshot.js';
import type { Random } from '../../../support/random.js';
import { nodeObject, shapeOf } from '../../engine/objects.js';
import type { Openb } from '../../workloads/openb.js';

const mebibyte = 2 ** 20;

/** Parts of all nodes with GPUs; cpu in thousandths of a core, memory in MiB. */
const nodeKinds = [
  { part: 0.46, cpu: 96_000, memory: 393_216, gpus: 8 },
  { part: 0.34, cpu: 104_000, memory: 524_288, gpus: 2 },
  { part: 0.11, cpu: 16_000, memory: 122_880, gpus: 2 },
  { part: 0.05, cpu: 32_000, memory: 131_072, gpus: 4 },
  { part: 0.04, cpu: 128_000, memory: 786_432, gpus: 8 },
] as const;

/** Parts of all pods; thousandths of a GPU. */
const podKinds = [
  { part: 0.24, cpu: 11_300, memory: 49_152, milli: 1000 },
  { part: 0.12, cpu: 3152, memory: 5600, milli: 1000 },
  { part: 0.12, cpu: 18_708, memory: 64_512, milli: 1000 },
  { part: 0.08, cpu: 12_500, memory: 57_344, milli: 0 },
  { part: 0.05, cpu: 32_000, memory: 49_152, milli: 0 },
  { part: 0.14, cpu: 8000, memory: 16_384, milli: 810 },
  { part: 0.1, cpu: 6000, memory: 12_288, milli: 470 },
  { part: 0.05, cpu: 6000, memory: 12_288, milli: 320 },
  { part: 0.04, cpu: 6000, memory: 8192, milli: 650 },
  { part: 0.05, cpu: 4000, memory: 8192, milli: 200 },
  { part: 0.01, cpu: 64_000, memory: 262_144, milli: 8000 },
] as const;

const kindsDrawn = 2000;

export function syntheticOpenb(count: number, random: Random): Openb {
  const nodes = Array.from({ length: count }, (_, index) => nodeKindAt((index + 0.5) / count));
  const shapes = podKinds.map(({ cpu, memory, milli }) =>
    shapeOf({ cpu, memory: memory * mebibyte, ...(milli > 0 && { [gpuMilli]: milli }) }),
  );
  return {
    pods: Array.from({ length: kindsDrawn }, () => drawn(shapes, random)),
    milli: nodes.reduce((sum, { gpus }) => sum + 1000 * gpus, 0),
    nodes() {
      const snapshot = new Snapshot();
      for (const [index, { cpu, memory, gpus }] of nodes.entries())
        snapshot.setNode(
          nodeObject(`node-${index}`, { cpu, memory: memory * mebibyte, pods: 10_000, ...gpuCapacity(gpus) }),
        );
      return snapshot;
    },
  };
}

/** The kind whose part a share of all falls into. */
function nodeKindAt(share: number): (typeof nodeKinds)[number] {
  let sum = 0;
  return nodeKinds.find(({ part }) => (sum += part) > share) ?? nodeKinds[0];
}

function drawn<T>(shapes: readonly T[], random: Random): T {
  const share = random.uniform();
  let sum = 0;
  const at = podKinds.findIndex(({ part }) => (sum += part) > share);
  const shape = shapes[at] ?? shapes[0];
  if (shape === undefined) throw new Error('no kinds of pods');
  return shape;
}
