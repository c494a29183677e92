/** The pools that a claim can be served by, as the cache has them. */
import type { ContainerClaim } from '../api/container-claim.js';
import { ContainerPool } from '../api/container-pool.js';
import { Pod } from '../api/kubernetes.js';
import { keyOf, nameOf } from '../api/meta/resource.js';
import { isNoLine, type Lines, mainContainerName } from '../line/index.js';
import type { Cache } from '../runtime/index.js';
import { type Fit, fitClaim, fitServed, type Offered } from './fit/fit.js';
import { indexes } from './indexes.js';
import { isServed } from './standing.js';

/** Those that the claim names, or that its selector selects, in the order of their names. */
export function poolsOf({ metadata: { namespace }, spec }: ContainerClaim, cache: Cache): readonly ContainerPool[] {
  const { name, selector } = spec.pool;
  if (selector === undefined) {
    const pool = cache.get(ContainerPool, `${namespace}/${name}`);
    return pool ? [pool] : [];
  }
  const there = cache.byIndex(ContainerPool, indexes.poolsIn, namespace ?? '').values();
  return [...there]
    .filter((pool) => isSelected(pool, selector.matchLabels))
    .sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
}

export function isSelected(
  { metadata: { labels = {} } }: Pick<ContainerPool, 'metadata'>,
  wanted: Readonly<Record<string, string>>,
): boolean {
  return Object.entries(wanted).every(([key, value]) => labels[key] === value);
}

interface Known {
  readonly basis: string;
  readonly fit: Fit;
}

/** Which pools serve which claims. What was worked out is kept as long as neither the pools nor the claim have changed. */
export class Fits {
  readonly #known = new WeakMap<ContainerClaim, Known>();
  readonly #sizes = new WeakMap<Pod, string>();

  constructor(
    private readonly cache: Cache,
    private readonly lines: Lines,
  ) {}

  of(claim: ContainerClaim): Fit {
    const offered = poolsOf(claim, this.cache).map((pool) => this.#offer(pool));
    const basis = offered.map((one) => this.#basisOf(one)).join();
    const known = this.#known.get(claim);
    if (known?.basis === basis) return known.fit;
    const fit = isServed(claim) ? fitServed(claim, offered) : fitClaim(claim, offered);
    this.#known.set(claim, { basis, fit });
    return fit;
  }

  #offer(pool: ContainerPool): Offered {
    const [first] = this.cache.byIndex(Pod, indexes.shelf, keyOf(nameOf(pool))).values();
    return { pool, made: first, line: this.lines.of(pool) };
  }

  #basisOf({ pool: { metadata }, made, line }: Offered): string {
    const version = line && (isNoLine(line) ? line.message : line.version);
    return `${metadata.uid}/${metadata.generation}/${made ? this.#sizeOf(made) : ''}/${version ?? ''}`;
  }

  #sizeOf(pod: Pod): string {
    const known = this.#sizes.get(pod);
    if (known !== undefined) return known;
    const containers = pod.spec?.containers.map(({ name, resources, resizePolicy }) => [name, resources, resizePolicy]);
    const size = JSON.stringify([mainContainerName(pod), pod.status?.qosClass, containers]);
    this.#sizes.set(pod, size);
    return size;
  }
}
