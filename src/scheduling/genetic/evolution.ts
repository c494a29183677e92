import type { Random } from '../../support/random.js';

export interface EvolutionOptions {
  readonly population: number;
  readonly generations: number;
  /** With which probability a gene is drawn anew. */
  readonly mutation: number;
}

export interface Genome {
  /** How many genes a chromosome has. */
  readonly length: number;
  /** Genes are from 0 to here, this excluded. */
  readonly alleles: number;
  /** Where the search begins, beside random chromosomes. */
  readonly seeds: readonly Int32Array[];
  /** What a chromosome costs. It may mend the chromosome in place. */
  cost(genes: Int32Array): number;
}

interface Individual {
  readonly genes: Int32Array;
  readonly cost: number;
}

/** With which probability a child is regrouped. */
const regrouping = 0.25;

/**
 * A genetic algorithm: tournaments of two, uniform crossover, mutation gene by gene, sometimes of all genes that are alike, and the best
 * goes on unchanged, so that the result costs no more than any seed.
 */
export function evolve(genome: Genome, options: EvolutionOptions, random: Random): Int32Array {
  const { length, alleles } = genome;
  const judged = (genes: Int32Array): Individual => ({ cost: genome.cost(genes), genes });
  const drawn = () => Int32Array.from({ length }, () => random.integer(0, alleles - 1));
  const better = (a: Individual, b: Individual) => (b.cost < a.cost ? b : a);
  const random2 = (all: readonly Individual[]) => better(random.pick(all), random.pick(all));
  let population = [...genome.seeds.map((seed) => seed.slice()), ...Array.from({ length: options.population }, drawn)]
    .slice(0, Math.max(options.population, genome.seeds.length))
    .map(judged);
  let best = population.reduce(better);
  for (let generation = 1; generation < options.generations; generation++) {
    const children = [best];
    while (children.length < population.length) {
      const [mother, father] = [random2(population), random2(population)];
      const genes = mother.genes.map((gene, index) => (random.uniform() < 0.5 ? gene : father.genes[index]!));
      for (let index = 0; index < length; index++)
        if (random.uniform() < options.mutation) genes[index] = random.integer(0, alleles - 1);
      if (random.uniform() < regrouping) regroup(genes, alleles, random);
      children.push(judged(genes));
    }
    population = children;
    best = population.reduce(better);
  }
  return best.genes;
}

/** Gives all genes that are like one of them another value: what shares a node moves together. */
function regroup(genes: Int32Array, alleles: number, random: Random): void {
  if (genes.length === 0) return;
  const from = genes[random.integer(0, genes.length - 1)];
  const to = random.integer(0, alleles - 1);
  for (const [index, gene] of genes.entries()) if (gene === from) genes[index] = to;
}
