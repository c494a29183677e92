import type { Random } from '../../support/random.js';

/** A point in the plane, and how many there are of it. */
export interface Point {
  readonly x: number;
  readonly y: number;
  readonly count: number;
}

export interface Cluster {
  /** The mean of its points. */
  readonly x: number;
  readonly y: number;
  /** Which points are in it, by index. */
  readonly members: readonly number[];
}

const rounds = 50;

/**
 * Lloyd's k-means, started from points that lie far from each other (k-means++). Both axes are scaled by their greatest value, so that
 * cpu and memory count alike. At most `k` clusters, none empty.
 */
export function kMeans(points: readonly Point[], k: number, random: Random): readonly Cluster[] {
  const scale = {
    x: Math.max(...points.map(({ x }) => x), 0) || 1,
    y: Math.max(...points.map(({ y }) => y), 0) || 1,
  };
  const distance = (a: Pick<Point, 'x' | 'y'>, b: Pick<Point, 'x' | 'y'>) =>
    ((a.x - b.x) / scale.x) ** 2 + ((a.y - b.y) / scale.y) ** 2;
  let centres: readonly Pick<Point, 'x' | 'y'>[] = farPoints(points, k, distance, random);
  let clusters: readonly Cluster[] = [];
  for (let round = 0; round < rounds; round++) {
    clusters = assign(points, centres, distance);
    if (clusters.every((cluster, index) => centres[index] && distance(cluster, centres[index]) === 0)) break;
    centres = clusters;
  }
  return clusters;
}

type Distance = (a: Pick<Point, 'x' | 'y'>, b: Pick<Point, 'x' | 'y'>) => number;

function farPoints(points: readonly Point[], k: number, distance: Distance, random: Random): readonly Point[] {
  const chosen: Point[] = [];
  let chances = points.map(({ count }) => count);
  while (chosen.length < k) {
    const total = chances.reduce((sum, chance) => sum + chance, 0);
    if (total === 0) break;
    let draw = random.uniform() * total;
    const index = chances.findIndex((chance) => (draw -= chance) < 0);
    const point = points[index < 0 ? chances.findLastIndex((chance) => chance > 0) : index];
    if (!point) break;
    chosen.push(point);
    chances = points.map((one) => one.count * Math.min(...chosen.map((centre) => distance(one, centre))));
  }
  return chosen;
}

function assign(
  points: readonly Point[],
  centres: readonly Pick<Point, 'x' | 'y'>[],
  distance: Distance,
): readonly Cluster[] {
  const members = centres.map((): number[] => []);
  for (const [index, point] of points.entries()) {
    let nearest = 0;
    for (const [at, centre] of centres.entries())
      if (distance(point, centre) < distance(point, centres[nearest]!)) nearest = at;
    members[nearest]?.push(index);
  }
  return members.flatMap((own) => {
    const total = own.reduce((sum, index) => sum + points[index]!.count, 0);
    if (total === 0) return [];
    const mean = (axis: 'x' | 'y') =>
      own.reduce((sum, index) => sum + points[index]![axis] * points[index]!.count, 0) / total;
    return [{ x: mean('x'), y: mean('y'), members: own }];
  });
}
