import type { Duration } from '../../support/time.js';

/** What goes wrong, and when, counted from the start of the simulation. */
export type Fault =
  /** A node says nothing more, and its pods with it; it comes back after a while, or never. */
  | { readonly kind: 'node-loss'; readonly at: Duration; readonly node: number; readonly lasts?: Duration }
  /** The operator ends without a word, and another starts later. */
  | { readonly kind: 'operator-crash'; readonly at: Duration; readonly lasts: Duration }
  /** The API server answers nobody for a while; calls wait. */
  | { readonly kind: 'api-stall'; readonly at: Duration; readonly lasts: Duration }
  /** All watches end at once, as when the API server restarts. */
  | { readonly kind: 'watch-loss'; readonly at: Duration };
