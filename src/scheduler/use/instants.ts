import { type Duration, type Instant, minute } from '../../support/time.js';

/** A node's clock that is further off than that is not believed. */
const mostSkew: Duration = minute;

/**
 * When something was measured, by our clock: what a node's clock says, as far as that can be. A node whose clock is off would
 * else look as if nothing was known of it, or as if pods that came just now were measured.
 */
export const measuredAt = (stated: Instant, readAt: Instant): Instant =>
  readAt - stated > mostSkew ? readAt : Math.min(stated, readAt);
