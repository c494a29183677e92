import { ownFiles } from '../api/configuration.js';
import type { ClaimItem } from '../api/container-claim.js';
import type { ContainerPool } from '../api/container-pool.js';
import type { Pod } from '../api/kubernetes.js';
import { ownVolumes } from '../api/pod-template.js';
import { isLatched, secretPathOf } from './latch/pod-latch.js';

/** Whether anything of the item reaches the inside of a container. */
export function configures({ env = [], files = [], secret }: ClaimItem): boolean {
  return env.length > 0 || files.length > 0 || secret !== undefined;
}

/**
 * Whether this container can take the item's configuration in the way that its pool promises now: stock that was made
 * before the pool got its latch, a file or a secretPath cannot.
 */
export function carries(pod: Pod, { files = [], secret }: ClaimItem, pool: ContainerPool): boolean {
  const latched = isLatched(pod);
  if (latched !== (pool.spec.latch.mode !== 'None')) return false;
  if (secret !== undefined && secretPathOf(pod) === undefined) return false;
  if (latched) return true;
  const shown = pod.spec?.volumes?.find(({ name }) => name === ownVolumes.configuration)?.downwardAPI?.items ?? [];
  return files.every(({ name }) => shown.some(({ path }) => path === name));
}

/** Containers of one pool with the same word can carry the same items: the word of this one. */
export function carrying(pod: Pod): string {
  if (isLatched(pod)) return latchedWord(secretPathOf(pod));
  const shown = pod.spec?.volumes?.find(({ name }) => name === ownVolumes.configuration)?.downwardAPI?.items ?? [];
  return filesWord(shown.map(({ path }) => path));
}

/** The word of those that the pool makes now. */
export function carryingNow({ spec: { latch, configuration } }: Pick<ContainerPool, 'spec'>): string {
  if (latch.mode !== 'None') return latchedWord(configuration.secretPath);
  return filesWord([...Object.values(ownFiles), ...configuration.files]);
}

const latchedWord = (secretPath: string | undefined) => `latched, ${secretPath === undefined ? 'no' : 'a'} Secret`;
const filesWord = (files: readonly string[]) => `files ${[...new Set(files)].sort().join()}`;
