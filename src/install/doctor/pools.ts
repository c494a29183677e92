import type { ContainerPool } from '../../api/container-pool.js';
import type { Condition } from '../../api/meta/metadata.js';
import { type Instant, instantOf, minute } from '../../support/time.js';
import { counted, type Finding, findingsOf } from './finding.js';
import type { Leading } from './lease.js';
import { isSeen, type Sight } from './sight.js';

export interface PoolsView {
  readonly pools: Sight<readonly ContainerPool[]>;
  readonly leading: Leading;
  readonly now: Instant;
}

/** An operator that works looks at a new pool within moments. */
const longUnseen = minute;

/** Can the pools deliver? */
export function examinePools({ pools, leading, now }: PoolsView): readonly Finding[] {
  const { ok, unknown } = findingsOf('pools');
  if (!isSeen(pools)) return [unknown(pools.hidden)];
  const findings = pools.seen.flatMap((pool) => examinePool(pool, leading, now) ?? []);
  return findings.length > 0 ? findings : [ok(`${counted(pools.seen.length, 'pool')}, none in trouble`)];
}

function examinePool(pool: ContainerPool, leading: Leading, now: Instant): Finding | undefined {
  const { warning, problem } = findingsOf('pools');
  const { metadata, spec, status } = pool;
  const name = `pool ${metadata.namespace}/${metadata.name}`;
  const describe = `penstock pool describe ${metadata.name} -n ${metadata.namespace}`;
  const degraded = trueOf(status?.conditions, 'Degraded');
  if (degraded) return problem(`${name} is degraded: ${degraded.message}`, `mend what it names; ${describe}`);
  const age = now - (instantOf(metadata.creationTimestamp) ?? now);
  if (status?.observedGeneration !== metadata.generation && age > longUnseen && leading === 'somebody')
    return problem(
      `${name}: no operator has looked at it since it was last changed`,
      'does the operator look after this namespace (its --namespaces), and what does its log say?',
    );
  const exhausted = trueOf(status?.conditions, 'Exhausted');
  if (!exhausted) return undefined;
  const since = now - (instantOf(exhausted.lastTransitionTime) ?? now);
  if (spec.refill.paused)
    return warning(`${name} is empty, and its refill is paused`, 'set spec.refill.paused to false');
  return since > longUnseen
    ? warning(
        `${name} has been empty for more than a minute`,
        `give it more replicas, or see why they do not start; ${describe}`,
      )
    : undefined;
}

const trueOf = (conditions: readonly Condition[] | undefined, type: string) =>
  conditions?.find((condition) => condition.type === type && condition.status === 'True');
