import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { hash32 } from './digest.js';

/** Chance, seeded. Split by name: a new consumer does not shift the draws of the others. */
export interface Random {
  split(name: string): Random;
  /** In [0, 1). */
  uniform(): number;
  /** An integer from `least` to `most`, both included. */
  integer(least: number, most: number): number;
  exponential(mean: number): number;
  /** Log-normal, by its median and the standard deviation of its logarithm: the usual shape of start-up times. */
  logNormal(median: number, sigma: number): number;
  pick<T>(from: readonly T[]): T;
  /** `length` characters of Kubernetes' own safe alphabet for generated names. */
  suffix(length: number): string;
}

/** The alphabet of `k8s.io/apimachinery/pkg/util/rand`: no vowels, so that no words appear. */
export const nameAlphabet = 'bcdfghjklmnpqrstvwxz2456789';

export function seededRandom(seed: number | string): Random {
  return new SeededRandom(String(seed));
}

class SeededRandom implements Random {
  readonly #generator;

  constructor(private readonly seed: string) {
    this.#generator = xoroshiro128plus(hash32(seed));
  }

  split(name: string): Random {
    return new SeededRandom(`${this.seed}/${name}`);
  }

  uniform(): number {
    return (this.#generator.next() >>> 0) / 2 ** 32;
  }

  integer(least: number, most: number): number {
    return uniformInt(this.#generator, least, most);
  }

  exponential(mean: number): number {
    return -mean * Math.log(1 - this.uniform());
  }

  logNormal(median: number, sigma: number): number {
    // Box–Muller: two uniforms give one standard normal
    const normal = Math.sqrt(-2 * Math.log(1 - this.uniform())) * Math.cos(2 * Math.PI * this.uniform());
    return median * Math.exp(sigma * normal);
  }

  pick<T>(from: readonly T[]): T {
    if (from.length === 0) throw new RangeError('pick from an empty list');
    return from[this.integer(0, from.length - 1)] as T;
  }

  suffix(length: number): string {
    let text = '';
    for (let i = 0; i < length; i++) text += nameAlphabet[this.integer(0, nameAlphabet.length - 1)];
    return text;
  }
}
