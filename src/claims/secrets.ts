import type { ContainerClaim } from '../api/container-claim.js';
import { Secret } from '../api/kubernetes.js';
import { Forbidden, NotFound } from '../cluster/errors.js';
import { secretObjection, type Slot, type StageContext } from '../line/index.js';

export type Secrets = ReadonlyMap<string, Secret>;

/** The Secrets that these slots' items name; or why one cannot be had, and what to do. */
export async function readSecrets(
  { metadata: { namespace } }: ContainerClaim,
  slots: readonly Slot[],
  { cluster, signal }: StageContext,
): Promise<{ readonly secrets: Secrets } | { readonly objection: string }> {
  const names = new Set(slots.flatMap(({ item }) => item.secret?.name ?? []));
  const secrets = new Map<string, Secret>();
  for (const name of names) {
    try {
      const ref = namespace === undefined ? { name } : { namespace, name };
      const secret = await cluster.get(Secret, ref, { flow: 'delivery', signal });
      const objection = secretObjection(secret);
      if (objection !== undefined) return { objection };
      secrets.set(name, secret);
    } catch (error) {
      if (error instanceof NotFound)
        return {
          objection: `there is no Secret ${name} in the claim's namespace: create it, and the claim will be served`,
        };
      if (error instanceof Forbidden)
        return {
          objection: `the operator may not read the Secret ${name}: give it the rights of the feature secrets (${error.message})`,
        };
      throw error;
    }
  }
  return { secrets };
}
