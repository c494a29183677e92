import { Deployment } from '../api/kubernetes.js';
import { nameOf } from '../api/meta/resource.js';
import { scaledPrefix } from '../api/names.js';
import type { CallOptions, Cluster } from '../cluster/cluster.js';
import { mergePatch } from '../cluster/patch.js';

/**
 * Makes a Deployment larger or smaller by so many on account of a migration. By how much that has happened stands beside the size, in an
 * annotation, and both change in one write: after a crash it does not happen twice, and who scales meanwhile is not overruled.
 * While the note stands, the Deployment gets nothing from the stock that is kept for it. Returns whether there was anything to do. Throws Conflict when the Deployment has changed since it was read.
 * @param by how many more than without the migration; 0 only notes that there is one
 */
export async function resizeBy(
  cluster: Cluster,
  deployment: Deployment,
  migration: string,
  by: number,
  options: CallOptions,
): Promise<boolean> {
  const key = scaledPrefix + migration;
  const noted = deployment.metadata.annotations?.[key];
  const before = Number(noted ?? 0) || 0;
  if (noted !== undefined && before === by) return false;
  const replicas = Math.max(0, (deployment.spec?.replicas ?? 1) + by - before);
  const { resourceVersion } = deployment.metadata;
  const patch = mergePatch({ metadata: { resourceVersion, annotations: { [key]: String(by) } }, spec: { replicas } });
  await cluster.patch(Deployment, nameOf(deployment), patch, options);
  return true;
}

/** The migration has ended: its note goes, the size stays. */
export async function forgetSize(
  cluster: Cluster,
  deployment: Deployment,
  migration: string,
  options: CallOptions,
): Promise<void> {
  const key = scaledPrefix + migration;
  if (deployment.metadata.annotations?.[key] === undefined) return;
  const { resourceVersion } = deployment.metadata;
  const patch = mergePatch({ metadata: { resourceVersion, annotations: { [key]: null } } });
  await cluster.patch(Deployment, nameOf(deployment), patch, options);
}
