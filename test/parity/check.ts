import { abilities, abilitiesOfOracle, type Ability, restricted } from './abilities.js';
import { ourAnswer } from './answer.js';
import type { Answer, Case } from './case.js';
import { differences } from './compare.js';
import { generate } from './generate/generate.js';
import { Oracle } from './oracle.js';
import { shrink } from './shrink.js';

/** A case in which we say something else than the oracle. */
export interface Failure {
  readonly seed: number;
  readonly lines: readonly string[];
  /** The case, or a smaller one that still differs. */
  readonly small: Case;
}

interface Run {
  /** That of the first case; those of the others follow. */
  readonly seed: number;
  readonly cases: number;
  readonly report: (failure: Failure) => void;
}

/** So many cases are with the oracle at once: it answers while we compute. */
const ahead = 16;

interface Outcome {
  readonly failures: number;
  /** In so many cases some node could take the pod. */
  readonly feasible: number;
  /** In so many it fitted nowhere, and pods were to make room for it. */
  readonly preempted: number;
  /** What the oracle could not be asked about. */
  readonly unasked: readonly Ability[];
}

/** Asks about all cases. */
export async function check({ seed, cases, report }: Run): Promise<Outcome> {
  const known = await abilitiesOfOracle();
  const oracle = new Oracle();
  const asked: { seed: number; question: Case; answer: Promise<Answer> }[] = [];
  let [next, failures, feasible, preempted] = [0, 0, 0, 0];
  const ask = () => {
    const question = restricted(generate(seed + next), known);
    const answer = oracle
      .ask(question)
      .catch((error: unknown): Answer => ({ feasible: [], rejected: {}, error: String(error) }));
    asked.push({ seed: seed + next++, question, answer });
  };
  try {
    while (asked.length < ahead && next < cases) ask();
    for (let one = asked.shift(); one; one = asked.shift()) {
      const answer = await one.answer;
      if (answer.feasible.length > 0) feasible++;
      if (answer.preemption?.node) preempted++;
      const lines = differences(answer, answerTo(one.question));
      if (lines.length > 0) {
        failures++;
        const small = await shrink(one.question, async (smaller) => {
          const theirs = await oracle.ask(smaller).catch(() => undefined);
          return theirs !== undefined && !theirs.error && differences(theirs, answerTo(smaller)).length > 0;
        });
        report({ seed: one.seed, lines, small });
      }
      if (next < cases) ask();
    }
  } finally {
    oracle.close();
  }
  return { failures, feasible, preempted, unasked: abilities.filter((ability) => !known.has(ability)) };
}

function answerTo(question: Case): Answer {
  try {
    return ourAnswer(question);
  } catch (error) {
    return { feasible: [], rejected: {}, error: String(error) };
  }
}
