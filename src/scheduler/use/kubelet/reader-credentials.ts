import { TokenRequest } from '../../../api/kubernetes.js';
import { keyOf, type Ref } from '../../../api/meta/resource.js';
import type { Cluster } from '../../../cluster/cluster.js';
import { type Credentials, RotatingCredentials } from '../../../cluster/kubernetes/credentials.js';
import type { Clock } from '../../../support/clock.js';
import type { Logger } from '../../../support/log.js';
import { type Duration, hour, minute, second } from '../../../support/time.js';

/** The life of a token, and when the next one is asked for: kubelets remember for some minutes what they were told of one. */
const life: Duration = hour;
const renewedAfter: Duration = 45 * minute;

/**
 * Credentials of another service account, by tokens of the server (TokenRequest). For those who must be shown a token and not
 * trusted with the caller's own.
 */
export function readerCredentials(
  cluster: Pick<Cluster, 'create'>,
  account: Ref,
  clock: Clock,
  logger: Logger,
): Credentials {
  const load = async () => {
    const { status } = await cluster.create(TokenRequest, {
      metadata: account,
      // no audiences: those of the server itself, which is who kubelets ask about tokens
      spec: { audiences: [], expirationSeconds: life / second },
    });
    if (!status) throw new Error(`the server gave no token of service account ${keyOf(account)}`);
    return { headers: { authorization: `Bearer ${status.token}` }, tls: {} };
  };
  return new RotatingCredentials({ load, rereadAfter: renewedAfter }, clock, logger);
}
