import { addWeighted } from '../kernels/normalize.js';
import type { PodShape } from '../pod-shape.js';
import type { Snapshot } from '../snapshot/snapshot.js';
import { ImageStates } from './image-states.js';
import { maxNodeScore, type Scorer } from './scorer.js';

const mebibyte = 2 ** 20;
/** Images of fewer bytes than these count for nothing, and more than these for each image counts no more. */
const leastBytes = 23 * mebibyte;
const mostBytes = 1000 * mebibyte;

/**
 * Favours nodes that have the pod's images, by their size and by how many nodes have them: an image that is on one node only
 * draws less, so that not all pods go there.
 */
export const imageLocalityScorer: Scorer = {
  name: 'ImageLocality',
  constant: (pod, nodes) => (scoresOf(pod, nodes) === undefined ? { raw: 0, normalized: 0 } : undefined),
  add: (pod, nodes, weight, out, rows) => {
    const scores = scoresOf(pod, nodes);
    if (scores) addWeighted(out, scores, weight, rows);
    return true;
  },
};

interface Known {
  readonly states: ImageStates;
  /** By images; of the version and the number of nodes below. */
  readonly scores: Map<string, Float64Array | undefined>;
  version: number;
  size: number;
}

const bySnapshot = new WeakMap<Snapshot, Known>();
const mostKept = 256;

/** `undefined`: 0 on every node. */
function scoresOf({ images }: PodShape, nodes: Snapshot): Float64Array | undefined {
  const known: Known = bySnapshot.get(nodes) ?? { states: new ImageStates(), scores: new Map(), version: -1, size: 0 };
  bySnapshot.set(nodes, known);
  const { states, scores } = known;
  states.update(nodes);
  // what an image counts for depends on how many nodes there are
  if (states.version !== known.version || nodes.size !== known.size || scores.size > mostKept) scores.clear();
  known.version = states.version;
  known.size = nodes.size;
  const key = images.join(' ');
  if (!scores.has(key)) scores.set(key, computeScores(images, nodes, states));
  return scores.get(key);
}

function computeScores(images: readonly string[], nodes: Snapshot, states: ImageStates): Float64Array | undefined {
  const sums = new Float64Array(nodes.present.length);
  for (const image of images) {
    const sizes = states.sizes(withTag(image));
    if (!sizes) continue;
    const spread = sizes.size / nodes.size;
    for (const [row, size] of sizes) sums[row]! += Math.trunc(size * spread);
  }
  const most = mostBytes * images.length;
  for (const [row, bytes] of sums.entries()) {
    const counted = Math.min(Math.max(bytes, leastBytes), most);
    sums[row] = Math.trunc((maxNodeScore * (counted - leastBytes)) / (most - leastBytes));
  }
  return sums.some((score) => score > 0) ? sums : undefined;
}

/** `normalizedImageName`: an image without a tag is its latest. */
const withTag = (image: string): string =>
  image.lastIndexOf(':') <= image.lastIndexOf('/') ? `${image}:latest` : image;
