import type { ContainerClaim } from '../api/container-claim.js';
import { createOrFind } from './create.js';
import type { ClientParts } from './parts.js';
import { persistently } from './persist.js';
import type { NamedDraft } from './request.js';

/**
 * Sees to it that there is a claim with this name and spec, also where an answer gets lost: then it asks again, and finds
 * what it has made. A request under way is not cut short, so that it is known what became of it; an abort ends the pauses
 * between tries, and what was sent before it may have been done or not. Throws what `createOrFind` throws, and the last
 * failure of a server that does not answer; then, too, the claim may be there.
 */
export async function ensureClaim(parts: ClientParts, draft: NamedDraft): Promise<ContainerClaim> {
  const { cluster } = parts;
  return (await persistently(parts, () => createOrFind({ cluster }, draft))).claim;
}
