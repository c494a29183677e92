/** Which pools serve a claim, and which of them suits each of its items best. Pure. */
import type { ClaimItem, ContainerClaim } from '../../api/container-claim.js';
import { type ContainerPool, isTemplated, type TemplatedPool } from '../../api/container-pool.js';
import type { Pod } from '../../api/kubernetes.js';
import { type Key, keyOf, nameOf } from '../../api/meta/resource.js';
import {
  changedImage,
  type CompiledLine,
  imageObjection,
  isNoLine,
  lineObjection,
  type NoLine,
} from '../../line/index.js';
import { objectionTo } from '../admission.js';
import { inShape, shapeObjection } from './shapes.js';
import { wasteOf } from './waste.js';

/** A pool beside one of its containers as it is, where there is one: a LimitRange may have given it a size. */
export interface Offered {
  readonly pool: ContainerPool;
  readonly made?: Pod | undefined;
  /** What its containers go by; absent where that does not matter. */
  readonly line?: CompiledLine | NoLine | undefined;
}

export interface Fit {
  /** Those that serve the claim, by key. */
  readonly pools: ReadonlyMap<Key, TemplatedPool>;
  /** Why the others do not. */
  readonly objections: readonly { readonly pool: string; readonly objection: string }[];
  /** For each item, by its name or else its place, the pools that serve it: the least waste first. */
  readonly ranks: ReadonlyMap<string, readonly Key[]>;
}

export function fitClaim(claim: Pick<ContainerClaim, 'spec'>, offered: readonly Offered[]): Fit {
  return fitBy(claim, offered, ({ pool, made }) => objectionTo(claim, pool, made));
}

/** Of a claim that was delivered before: what it has lost is replaced, also when the pool's rules have changed since. */
export function fitServed(claim: Pick<ContainerClaim, 'spec'>, offered: readonly Offered[]): Fit {
  return fitBy(claim, offered, ({ pool }) => {
    for (const item of claim.spec.items) {
      const objection = shapeObjection(item, pool) ?? imageObjection(item, pool);
      if (objection !== undefined) return objection;
    }
    return undefined;
  });
}

function fitBy(
  claim: Pick<ContainerClaim, 'spec'>,
  offered: readonly Offered[],
  objectionOf: (offer: Offered) => string | undefined,
): Fit {
  const objections: { pool: string; objection: string }[] = [];
  const serving: Serving[] = [];
  for (const { pool, made, line } of offered) {
    const objection =
      (isTemplated(pool) ? objectionOf({ pool, made }) : objectionTo(claim, pool)) ??
      (line && (isNoLine(line) ? line.message : lineObjection(claim.spec, line)));
    if (objection === undefined && isTemplated(pool)) serving.push({ pool, made });
    else objections.push({ pool: pool.metadata.name, objection: objection ?? 'it has no template' });
  }
  return {
    pools: new Map(serving.map(({ pool }) => [keyOf(nameOf(pool)), pool])),
    objections,
    ranks: new Map(claim.spec.items.map((item, at) => [item.name ?? String(at), rank(item, serving)])),
  };
}

/** Why a claim is not served, pool by pool. */
export function objectionsOf({ objections }: Fit): string {
  const [only, ...others] = objections;
  if (only && others.length === 0) return only.objection;
  return objections.map(({ pool, objection }) => `${pool}: ${objection}`).join('; ');
}

interface Serving {
  readonly pool: TemplatedPool;
  readonly made?: Pod | undefined;
}

function rank(item: ClaimItem, serving: readonly Serving[]): readonly Key[] {
  if (serving.length < 2) return serving.map(({ pool }) => keyOf(nameOf(pool)));
  // each pool has its own idea of a shape
  const wastes = wasteOf(
    serving.map(({ pool, made }) => ({
      item: inShape(item, pool),
      pod: made ?? pool.spec.template,
    })),
  );
  return serving
    .map(({ pool }, at) => ({
      key: keyOf(nameOf(pool)),
      // a container that has the image already need not restart
      restarts: changedImage(pool.spec.template, item) === undefined ? 0 : 1,
      fit: wastes[at] ?? { waste: 1, resize: 1 },
    }))
    .sort(
      (a, b) =>
        a.restarts - b.restarts || a.fit.waste - b.fit.waste || a.fit.resize - b.fit.resize || (a.key < b.key ? -1 : 1),
    )
    .map(({ key }) => key);
}
