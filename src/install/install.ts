import { Deployment } from '../api/kubernetes.js';
import { apiVersionOf } from '../api/meta/kind.js';
import type { Cluster } from '../cluster/cluster.js';
import { checkCrds, installCrds } from '../cluster/crds.js';
import { Forbidden, NotFound } from '../cluster/errors.js';
import type { Clock } from '../support/clock.js';
import { CodedError, exitCodes } from '../support/errors.js';
import { type Duration, formatDuration, second } from '../support/time.js';
import { allParts, grantedBy, type InstallationOptions, installation, namespaceOf } from './installation.js';
import { type Program, programNames } from './names.js';
import { defaultFeatures, type Feature, type Part } from './part.js';
import { isDefinition, type PartChange, put, takeAway } from './put.js';
import { removeMarks } from './rebalancer/marks.js';
import { stopProgram } from './stop-program.js';

/** Told of each object as soon as it is done. */
export type OnChange = (change: PartChange) => void;

export interface InstallOptions extends InstallationOptions {
  /** What an earlier installation may have had of these is taken away; but definitions stay, and with them pools and claims. */
  readonly without?: readonly Feature[];
}

/**
 * Creates or updates everything that an installation consists of, and deletes what it is not to have. Running it again
 * changes nothing, or finishes what was interrupted. Throws CodedError, before anything is written, where a newer program has installed the definitions.
 */
export async function install(
  cluster: Cluster,
  clock: Clock,
  options: InstallOptions,
  onChange: OnChange,
): Promise<void> {
  const parts = installation(options);
  await requireKinds(cluster, parts);
  if (parts.some(isDefinition)) for (const change of await installCrds(cluster, clock)) onChange(definition(change));
  // a namespace that is there is its keeper's: only a missing one is made
  const home = namespaceOf(options.namespace);
  const there = await cluster.get(home.kind, { name: options.namespace }).catch(unlessNotFound);
  if (!there) onChange(await put(cluster, home, 'for good'));
  for (const part of parts) if (!isDefinition(part)) onChange(await put(cluster, part, 'for good'));
  await leaveOut(cluster, options, 'for good', onChange);
  if (!options.without?.includes('rebalancer')) return;
  // one that still ran would write them again
  await stopProgram(cluster, clock, { namespace: options.namespace, program: 'rebalancer' });
  for (const { metadata } of (await removeMarks(cluster)).nodes)
    onChange({ name: `node/${metadata.name}`, change: 'updated' });
}

/**
 * Takes away what features have that are not wanted, and rights that the configuration of a program no longer asks for. The last
 * first: a policy's binding goes before the policy.
 */
async function leaveOut(
  cluster: Cluster,
  { without = [], features = defaultFeatures, ...placement }: InstallOptions,
  dryRun: 'dry-run' | 'for good',
  onChange: OnChange,
): Promise<void> {
  const isGranted = grantedBy(placement);
  for (const part of allParts(placement).toReversed()) {
    if (part.feature === undefined || isDefinition(part)) continue;
    const isOutdated = features.includes(part.feature) && !isGranted(part);
    if (!without.includes(part.feature) && !isOutdated) continue;
    const change = await takeAway(cluster, part, dryRun);
    if (change) onChange(change);
  }
}

/** What `install` would do, found out by the server itself, which stores nothing. */
export async function rehearse(cluster: Cluster, options: InstallOptions, onChange: OnChange): Promise<void> {
  const parts = installation(options);
  await requireKinds(cluster, parts);
  const home = namespaceOf(options.namespace);
  const there = await cluster.get(home.kind, { name: options.namespace }).catch(unlessNotFound);
  if (parts.some(isDefinition)) {
    const changes = { ok: 'unchanged', missing: 'created', older: 'updated', newer: 'unchanged' } as const;
    for (const { name, state } of await checkCrds(cluster)) onChange(definition({ name, change: changes[state] }));
  }
  if (!there) onChange(await put(cluster, home, 'dry-run'));
  for (const part of parts) if (!isDefinition(part)) onChange(await put(cluster, part, 'dry-run'));
  await leaveOut(cluster, options, 'dry-run', onChange);
}

/** An old server, or one without Prometheus' operator, does not have them all: better known before anything is written. */
async function requireKinds(cluster: Cluster, parts: readonly Part[]): Promise<void> {
  const kinds = new Map(parts.map(({ kind, feature }) => [kind, feature]));
  for (const [kind, feature] of kinds) {
    const page = await cluster.list(kind, { limit: 1 }).catch((error: unknown) => {
      // who may not list them may still write them
      if (!(error instanceof Forbidden)) return unlessNotFound(error);
      return 'unknown';
    });
    if (page !== undefined) continue;
    throw new CodedError(
      'KIND_NOT_SERVED',
      `the cluster does not have the kind ${kind.name} (${apiVersionOf(kind)})${feature === undefined ? '' : `, which the feature ${feature} needs`}`,
      feature === undefined
        ? 'it is too old for Penstock'
        : `leave ${feature} out, or install first what brings the kind`,
      exitCodes.notInstalled,
    );
  }
}

const definition = ({ name, change }: PartChange): PartChange => ({
  name: `customresourcedefinition.apiextensions.k8s.io/${name}`,
  change,
});

function unlessNotFound(error: unknown): undefined {
  if (!(error instanceof NotFound)) throw error;
}

/** Waits until every replica of a program is available. Throws CodedError after `patience`. */
export async function untilAvailable(
  cluster: Cluster,
  clock: Clock,
  { namespace, program }: { readonly namespace: string; readonly program: Program },
  patience: Duration,
): Promise<void> {
  const deadline = clock.now() + patience;
  for (;;) {
    const { metadata, spec, status } = await cluster.get(Deployment, { namespace, name: programNames[program] });
    const wanted = spec?.replicas ?? 1;
    const available = status?.updatedReplicas === wanted ? (status.availableReplicas ?? 0) : 0;
    if (status?.observedGeneration === metadata.generation && available >= wanted && status?.replicas === wanted)
      return;
    if (clock.now() >= deadline) {
      throw new CodedError(
        'INSTALL_TIMED_OUT',
        `${available} of ${wanted} replicas of the ${program} are available after ${formatDuration(patience)}`,
        `look at its pods: kubectl -n ${namespace} describe pods -l app.kubernetes.io/component=${program}`,
        exitCodes.timedOut,
      );
    }
    await clock.sleep(second / 2);
  }
}
