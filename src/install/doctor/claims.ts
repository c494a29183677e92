import type { ContainerClaim } from '../../api/container-claim.js';
import { formatDuration, type Instant, instantOf, minute } from '../../support/time.js';
import { counted, type Finding, findingsOf, listed } from './finding.js';
import type { Leading } from './lease.js';
import { isSeen, type Sight } from './sight.js';

export interface ClaimsView {
  readonly claims: Sight<readonly ContainerClaim[]>;
  readonly leading: Leading;
  readonly now: Instant;
}

/** Longer than a pool needs for a container, shorter than people's patience. */
const longWait = minute;

/** Are claims served? */
export function examineClaims({ claims, leading, now }: ClaimsView): readonly Finding[] {
  const { ok, unknown, problem } = findingsOf('claims');
  if (!isSeen(claims)) return [unknown(claims.hidden)];
  const findings = claims.seen.filter((claim) => !isEnding(claim)).flatMap((claim) => examineClaim(claim, now) ?? []);
  const stuck = claims.seen.filter((claim) => isEnding(claim) && isOld(claim.metadata.deletionTimestamp, now));
  if (stuck.length > 0)
    findings.push(
      problem(
        `${listed(stuck.map(nameOf))} cannot go before the operator has taken the containers back`,
        leading === 'nobody' ? 'let an operator run again' : "look into the operator's log",
      ),
    );
  return findings.length > 0 ? findings : [ok(`${counted(claims.seen.length, 'claim')}, none waits long`)];
}

function examineClaim(claim: ContainerClaim, now: Instant): Finding | undefined {
  const { warning, problem } = findingsOf('claims');
  const { metadata, status } = claim;
  const condition = (type: string) => status?.conditions?.find((one) => one.type === type);
  if (condition('Finished')?.status === 'True' || condition('Delivered')?.status === 'True') return undefined;
  const describe = `penstock claim describe ${metadata.name} -n ${metadata.namespace}`;
  const admitted = condition('Admitted');
  if (admitted?.status === 'False') return problem(`${nameOf(claim)} is refused: ${admitted.message}`, describe);
  if (!isOld(metadata.creationTimestamp, now)) return undefined;
  const age = formatDuration(now - (instantOf(metadata.creationTimestamp) ?? now));
  const delivered = condition('Delivered');
  if (!delivered) return problem(`${nameOf(claim)} has waited for ${age}, and no operator has looked at it`, describe);
  return warning(
    `${nameOf(claim)} has waited for ${age}: ${delivered.message}`,
    `give its pool more replicas, or the claim a deadline; ${describe}`,
  );
}

const nameOf = ({ metadata }: ContainerClaim) => `claim ${metadata.namespace}/${metadata.name}`;
const isEnding = ({ metadata }: ContainerClaim) => metadata.deletionTimestamp !== undefined;
const isOld = (timestamp: string | undefined, now: Instant) => now - (instantOf(timestamp) ?? now) > longWait;
