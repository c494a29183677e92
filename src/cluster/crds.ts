import { type CrdDraft, customResourceDefinitions, schemaAnnotations } from '../api/crds.js';
import { definitions } from '../api/definitions.js';
import { CustomResourceDefinition } from '../api/kubernetes.js';
import type { Clock } from '../support/clock.js';
import { CodedError, exitCodes } from '../support/errors.js';
import { formatDuration, minute, second } from '../support/time.js';
import type { Cluster } from './cluster.js';
import { AlreadyExists, Conflict, NotFound } from './errors.js';

/** Puts the kinds of this program into a cluster, takes them out again, and tells whether they are the right ones. */

type CrdState = 'ok' | 'missing' | 'older' | 'newer';

export interface CrdCheck {
  /** Of the definition. */
  readonly name: string;
  /** As in `kind:`. */
  readonly kind: string;
  readonly state: CrdState;
  /** What was found, and what to do if it is not right. */
  readonly sentence: string;
}

type Installed = Awaited<ReturnType<typeof find>>;

/** Compares each kind's definition in the cluster with this program's. */
export async function checkCrds(cluster: Cluster): Promise<readonly CrdCheck[]> {
  const checks: CrdCheck[] = [];
  for (const draft of customResourceDefinitions) checks.push(checkOf(draft, await find(cluster, nameOf(draft))));
  return checks;
}

/** Throws unless the cluster has all kinds, at least as new as this program needs them. */
export async function requireCrds(cluster: Cluster): Promise<void> {
  const unfit = (await checkCrds(cluster)).find(({ state }) => state === 'missing' || state === 'older');
  if (!unfit) return;
  throw new CodedError(
    unfit.state === 'missing' ? 'CRDS_MISSING' : 'CRDS_OLDER',
    unfit.sentence,
    'run: penstock install --crds',
    exitCodes.notInstalled,
  );
}

export interface CrdChange {
  readonly name: string;
  readonly change: 'created' | 'updated' | 'unchanged';
}

/**
 * Creates or updates all definitions and waits until their kinds are served. Throws CodedError, before anything is
 * written, where a newer program has installed them; and where they are not served in the end.
 */
export async function installCrds(cluster: Cluster, clock: Clock): Promise<readonly CrdChange[]> {
  const newer = (await checkCrds(cluster)).find(({ state }) => state === 'newer');
  if (newer) {
    throw new CodedError('CRDS_NEWER', newer.sentence, 'use a penstock of that version or later', exitCodes.conflict);
  }
  const changes: CrdChange[] = [];
  for (const draft of customResourceDefinitions) changes.push(await put(cluster, draft));
  for (const draft of customResourceDefinitions) await untilServed(cluster, clock, draft);
  return changes;
}

/**
 * Deletes the definitions and waits until they are gone. Throws CodedError while there are pools or claims: deleting
 * their kind would delete them, and with them the containers in use.
 */
export async function removeCrds(cluster: Cluster, clock: Clock): Promise<void> {
  for (const { kind } of definitions) {
    const page = await cluster.list(kind, { limit: 1 }).catch(unlessNotFound);
    const [first] = page?.items ?? [];
    if (!first) continue;
    const { namespace = '', name } = first.metadata;
    throw new CodedError(
      'CRDS_IN_USE',
      `there is still the ${kind.name} ${name} in namespace ${namespace}${page?.remaining ? ` and ${page.remaining} more` : ''}`,
      `delete them first, their containers go with them: kubectl delete ${kind.plural}.${kind.group} --all --all-namespaces`,
      exitCodes.conflict,
    );
  }
  for (const draft of customResourceDefinitions) {
    await cluster.remove(CustomResourceDefinition, { name: nameOf(draft) }).catch(unlessNotFound);
  }
  for (const draft of customResourceDefinitions) {
    await until(clock, `the definition ${nameOf(draft)} is gone`, async () => !(await find(cluster, nameOf(draft))));
  }
}

const nameOf = ({ metadata }: CrdDraft) => metadata.name ?? '';

function unlessNotFound(error: unknown): undefined {
  if (!(error instanceof NotFound)) throw error;
}

async function find(cluster: Cluster, name: string) {
  return cluster.get(CustomResourceDefinition, { name }).catch(unlessNotFound);
}

const revisionOf = (crd: Pick<CrdDraft, 'metadata'>) =>
  Number(crd.metadata.annotations?.[schemaAnnotations.revision] ?? 0);
const fingerprintOf = (crd: Pick<CrdDraft, 'metadata'>) => crd.metadata.annotations?.[schemaAnnotations.fingerprint];

function checkOf(draft: CrdDraft, installed: Installed): CrdCheck {
  const kind = draft.spec.names.kind;
  const check = (state: CrdState, sentence: string) => ({ name: nameOf(draft), kind, state, sentence });
  if (!installed) return check('missing', `the cluster does not have the kind ${kind}`);
  const [there, here] = [revisionOf(installed), revisionOf(draft)];
  if (there > here) {
    return check('newer', `the cluster's ${kind} is newer than this program: revision ${there}, not ${here}`);
  }
  if (there < here) {
    return check('older', `the cluster's ${kind} is older than this program: revision ${there}, not ${here}`);
  }
  return fingerprintOf(installed) === fingerprintOf(draft)
    ? check('ok', `the cluster's ${kind} is the one of this program (revision ${here})`)
    : check('older', `the cluster's ${kind} is of another build of this program: same revision ${here}, other schema`);
}

const tries = 5;

async function put(cluster: Cluster, draft: CrdDraft): Promise<CrdChange> {
  const name = nameOf(draft);
  for (let attempt = 1; ; attempt++) {
    const installed = await find(cluster, name);
    if (installed && checkOf(draft, installed).state === 'ok') return { name, change: 'unchanged' };
    try {
      if (!installed) await cluster.create(CustomResourceDefinition, draft);
      else await cluster.replace(CustomResourceDefinition, replacement(installed, draft));
      return { name, change: installed ? 'updated' : 'created' };
    } catch (error) {
      // somebody else wrote it in between: look again
      const raced = error instanceof Conflict || error instanceof AlreadyExists || error instanceof NotFound;
      if (!raced || attempt === tries) throw error;
    }
  }
}

/** Ours, with what others have added to its metadata. */
function replacement(installed: NonNullable<Installed>, { metadata, spec }: CrdDraft): NonNullable<Installed> {
  return {
    ...installed,
    metadata: {
      ...installed.metadata,
      labels: { ...installed.metadata.labels, ...metadata.labels },
      annotations: { ...installed.metadata.annotations, ...metadata.annotations },
    },
    spec,
  };
}

/** The API server says that a kind is established a moment before it serves it. */
async function untilServed(cluster: Cluster, clock: Clock, draft: CrdDraft): Promise<void> {
  const kind = definitions.find((definition) => definition.kind.name === draft.spec.names.kind)?.kind;
  await until(clock, `the kind ${draft.spec.names.kind} is served`, async () => {
    const installed = await find(cluster, nameOf(draft));
    const conditions = installed?.status?.conditions ?? [];
    const refused = conditions.find(({ type, status }) => type === 'NamesAccepted' && status === 'False');
    if (refused) {
      throw new CodedError(
        'CRDS_NAMES_TAKEN',
        `the cluster does not accept the names of ${nameOf(draft)}: ${refused.message ?? refused.reason ?? 'no reason given'}`,
        'another definition uses them: remove it, or use another cluster',
        exitCodes.conflict,
      );
    }
    if (!conditions.some(({ type, status }) => type === 'Established' && status === 'True')) return false;
    return kind !== undefined && (await cluster.list(kind, { limit: 1 }).catch(unlessNotFound)) !== undefined;
  });
}

const patience = minute;
const longestPause = second;

/** Looks again and again, at first after 50 ms. Throws CodedError when it takes longer than `patience`. */
async function until(clock: Clock, what: string, holds: () => Promise<boolean>): Promise<void> {
  const deadline = clock.now() + patience;
  for (let pause = 50; !(await holds()); pause = Math.min(2 * pause, longestPause)) {
    if (clock.now() >= deadline) {
      throw new CodedError(
        'CRDS_TIMED_OUT',
        `gave up waiting until ${what}, after ${formatDuration(patience)}`,
        'look at the conditions of the definition: kubectl describe crd',
        exitCodes.timedOut,
      );
    }
    await clock.sleep(pause);
  }
}
