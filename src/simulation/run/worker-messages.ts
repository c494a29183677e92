import type { Outcome } from '../experiments/experiment.js';

/** What a worker is started with; then it is sent trials, one after the other, and answers each. */
export interface Order {
  readonly experiment: string;
  readonly parameters: unknown;
}

export type Answer =
  | { readonly outcome: Outcome }
  | { readonly code: string; readonly message: string; readonly hint?: string; readonly exitCode: number };
