import type { Random } from '../../../src/support/random.js';

/** Draws for generators of objects. */
export class Draw {
  constructor(private readonly random: Random) {}

  chance(probability: number): boolean {
    return this.random.uniform() < probability;
  }

  integer(least: number, most: number): number {
    return this.random.integer(least, most);
  }

  pick<T>(from: readonly T[]): T {
    return this.random.pick(from);
  }

  /** Each with this probability, in their order. */
  some<T>(from: readonly T[], probability = 0.5): T[] {
    return from.filter(() => this.chance(probability));
  }

  list<T>(least: number, most: number, make: (index: number) => T): T[] {
    return Array.from({ length: this.integer(least, most) }, (_, index) => make(index));
  }

  /** A field that may be left out: `...draw.field(0.3, 'key', () => value)`. */
  field<K extends string, V>(probability: number, key: K, make: () => V): { [key in K]?: V } {
    // the one place where TypeScript cannot follow a computed key
    return this.chance(probability) ? ({ [key]: make() } as { [key in K]: V }) : {};
  }

  /** A label for each key that is drawn. */
  labels(values: Readonly<Record<string, readonly string[]>>, probability: number): Record<string, string> {
    return Object.fromEntries(this.some(Object.entries(values), probability).map(([key, of]) => [key, this.pick(of)]));
  }
}
