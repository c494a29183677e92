/** What a decision about a queue is made from, and what it comes to. */
import type { TenantRules } from '../tenants.js';
import type { Need, Portion } from './allocate.js';
import type { Standing } from './order.js';
import type { Holding, Use } from './share.js';

/** A claim that waits. */
export interface Applicant extends Standing {
  readonly key: string;
  readonly tenant: string;
  /** What it lacks, item by item. */
  readonly needs: readonly Need[];
  /** So many it takes at once, or none; at least 1. */
  readonly least: number;
  /** Whether stock is kept for it until there is enough: not for claims that do not wait. */
  readonly reserves: boolean;
  /** The pools that serve it. */
  readonly pools: readonly number[];
}

export interface QueuedPool {
  /** What all its containers come to, in stock or delivered. */
  readonly total: Use;
  /** What one of them comes to. */
  readonly each: Use;
  /** The bin of those that are made now. */
  readonly fresh: number;
  /** How many of these it may ever have ready at once. */
  readonly ceiling: number;
}

/** Containers that are ready, and alike to all claims. */
export interface Bin {
  readonly pool: number;
  readonly ready: number;
}

/** Pools and bins go by their place in their lists. */
export interface QueueView {
  readonly applicants: readonly Applicant[];
  readonly pools: readonly QueuedPool[];
  readonly bins: readonly Bin[];
  /** By tenant: what its claims hold, those that wait for more as well as those that do not. */
  readonly holdings: ReadonlyMap<string, readonly Holding[]>;
  readonly rules: (tenant: string, pool: number) => TenantRules;
}

/**
 * Why a claim goes on waiting: for stock; for its own tenant to give back; or in vain, as its pools never have so many
 * ready at once.
 */
export type Cause = 'stock' | 'limit' | 'never';

/** What is ready and would serve the claim, but is kept for claims before it: how much, and for whom first. */
export interface Ahead {
  readonly kept: number;
  readonly first: string | undefined;
}

export interface Turn {
  readonly applicant: Applicant;
  /** What it may take now: its least at once, or nothing. */
  readonly grant: readonly Portion[];
  /** What is kept for it until there is enough. */
  readonly reserved: readonly Portion[];
  /** Where it goes on waiting; absent when it gets all that it lacks. */
  readonly waits?: { readonly place: number; readonly cause: Cause; readonly ahead: Ahead };
}

/** Of a claim that gets no more now. */
export interface Waiting extends Omit<Turn, 'waits'> {
  readonly waits: { readonly cause: Cause; readonly ahead: Ahead };
}

export interface Decision {
  readonly turns: readonly Turn[];
  /** How many go on waiting. */
  readonly length: number;
}
