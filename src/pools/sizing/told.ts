/** What a pool's status says of its size. Pure. */
import type { SizingStatus } from '../../api/container-pool.js';
import { type Duration, type Instant, second, timestamp } from '../../support/time.js';
import type { Size } from './size.js';

/**
 * The sentence stays that of the last change, and with it the status as it is, as long as the size goes by the same
 * forecaster: what is told need not be written every five minutes, nor go on saying what was true weeks ago.
 * @param said what the status says until now
 */
export function sizingStatus(said: SizingStatus | undefined, size: Size, lead: Duration, now: Instant): SizingStatus {
  const leadTime = `${Math.round(lead / second)}s`;
  if (said?.stock === size.stock && said.forecaster === size.forecaster) return { ...said, leadTime };
  return {
    stock: size.stock,
    message: size.message,
    changedAt: said?.stock === size.stock ? said.changedAt : timestamp(now),
    leadTime,
    forecast: size.forecast,
    forecaster: size.forecaster,
  };
}
