import { Counter, Histogram, type Registry } from 'prom-client';
import { type Duration, second } from '../support/time.js';
import type { Verdict } from './stage.js';

/** Where a line reports what its stages do. */
export interface LineMetrics {
  observe(stage: string, outcome: Verdict<unknown>['verdict'], took: Duration): void;
}

export const unmeasured: LineMetrics = { observe: () => {} };

/** `penstock_stage_duration_seconds` and `penstock_stage_outcomes_total`, by stage and outcome. */
export function lineMetrics(registry: Registry): LineMetrics {
  const durations = new Histogram({
    name: 'penstock_stage_duration_seconds',
    help: 'How long a stage of the production line took for one container.',
    labelNames: ['stage'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  });
  const outcomes = new Counter({
    name: 'penstock_stage_outcomes_total',
    help: 'Verdicts of the stages of the production line.',
    labelNames: ['stage', 'outcome'],
    registers: [registry],
  });
  return {
    observe(stage, outcome, took) {
      durations.observe({ stage }, took / second);
      outcomes.inc({ stage, outcome });
    },
  };
}
