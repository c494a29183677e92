import type { Lease } from '../../api/kubernetes.js';
import type { Cluster } from '../../cluster/cluster.js';
import type { Clock } from '../../support/clock.js';
import { CodedError, exitCodes } from '../../support/errors.js';
import { type Duration, type Instant, second } from '../../support/time.js';
import { isRenewed } from '../doctor/lease.js';
import { readLeases } from '../doctor/read.js';
import { seenOr } from '../doctor/sight.js';
import { stopProgram } from '../stop-program.js';

/** Longer than the lease of an operator that was killed holds off others. */
const leasePatience: Duration = 10 * second;
/** Within this time one that stands by takes a lease that was given back. */
const takeOver: Duration = 2 * second;

/**
 * Stops the operator, and waits until nobody renews its lease: two that write the same objects would undo each other's work.
 * Throws CodedError where an operator goes on elsewhere.
 */
export async function stopOperator(cluster: Cluster, clock: Clock, namespace: string): Promise<void> {
  await stopProgram(cluster, clock, { namespace, program: 'operator' });
  await requireNobodyLeads(cluster, clock, namespace);
}

/** Throws CodedError, before anything is changed, when operators with leases in other namespaces work. */
export async function requireNoOthers(cluster: Cluster, clock: Clock, namespace: string): Promise<void> {
  const held = (await heldLeases(cluster, clock, namespace)).find(({ metadata }) => metadata.namespace !== namespace);
  if (held) throw elsewhere(held, 'nothing was changed');
}

/**
 * Throws CodedError when somebody still renews a lease of operators, in whichever namespace, after a while. That nobody does
 * says nothing at once: the one that stopped has just given its lease back.
 */
async function requireNobodyLeads(cluster: Cluster, clock: Clock, namespace: string): Promise<void> {
  if (seenOr(await readLeases(cluster, clock, namespace), []).length === 0) return;
  const deadline = clock.now() + leasePatience;
  let freeSince: Instant | undefined;
  for (;;) {
    const [held] = await heldLeases(cluster, clock, namespace);
    const now = clock.now();
    freeSince = held ? undefined : (freeSince ?? now);
    if (freeSince !== undefined && now - freeSince >= takeOver) return;
    if (held && now >= deadline) throw elsewhere(held, 'the operator is stopped, and nothing else was changed');
    await clock.sleep(second / 2);
  }
}

async function heldLeases(cluster: Cluster, clock: Clock, namespace: string): Promise<readonly Lease[]> {
  const leases = seenOr(await readLeases(cluster, clock, namespace), []);
  return leases.filter((watched) => isRenewed(watched, clock.now())).map(({ lease }) => lease);
}

const elsewhere = ({ metadata, spec }: Lease, state: string): CodedError =>
  new CodedError(
    'OPERATOR_ELSEWHERE',
    `${spec?.holderIdentity} works as operator, and holds the lease ${metadata.namespace}/${metadata.name}`,
    `stop it (somebody may have started penstock run), and run this again; ${state}`,
    exitCodes.conflict,
  );
