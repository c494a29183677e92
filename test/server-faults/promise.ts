/** What a claim was promised, whatever goes wrong meanwhile: nothing lost, nothing twice. By the server's own record. */
import { expect } from 'vitest';
import type { ContainerClaim } from '../../src/api/container-claim.js';
import type { Pod } from '../../src/api/kubernetes.js';
import { annotations } from '../../src/api/names.js';
import { handOvers, type HandOver, type Write } from '../control-plane/audit.js';

export interface Delivered {
  readonly claim: ContainerClaim;
  readonly containers: readonly Pod[];
  readonly writes: readonly Write[];
}

/** The claim has all that it asked for, each number once, and no container was given away twice. */
export function expectKept({ claim, containers, writes }: Delivered): readonly HandOver[] {
  const { desired = 0 } = claim.status ?? {};
  expect(claim.status).toMatchObject({ allocated: desired, configured: desired, ready: desired });
  const numbers = containers.map(({ metadata }) => Number(metadata.annotations?.[annotations.index]));
  expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: desired }, (_, number) => number));
  const all = handOvers(writes);
  expect(repeated(all.map(({ container }) => container))).toEqual([]);
  return all.filter((handOver) => handOver.claim === claim.metadata.uid);
}

/** And no number was given out twice, so that no container had to go: all that the claim ever got, it has. */
export function expectKeptOnce(delivered: Delivered): readonly HandOver[] {
  const given = expectKept(delivered);
  expect(repeated(given.map(({ index }) => index))).toEqual([]);
  const held = new Set(delivered.containers.map(({ metadata }) => metadata.uid));
  expect(given.filter(({ container }) => !held.has(container))).toEqual([]);
  return given;
}

/** What was done about the claim lies on both sides of the fault. */
export function expectAround(given: readonly HandOver[], from: string, to = from): void {
  expect(given.filter(({ at }) => at < from).length, 'hand-overs before the fault').toBeGreaterThan(0);
  expect(given.filter(({ at }) => at > to).length, 'hand-overs after the fault').toBeGreaterThan(0);
}

function repeated(values: readonly string[]): readonly string[] {
  const seen = new Set<string>();
  return values.filter((value) => seen.size === seen.add(value).size);
}
