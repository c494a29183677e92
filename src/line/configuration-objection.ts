import { bytesOf, configurationBytes, largestConfiguration } from '../api/configuration.js';
import type { ClaimItem } from '../api/container-claim.js';
import type { ContainerPoolSpec } from '../api/container-pool.js';
import { latchBytes } from './latch/delivery.js';

type Rules = Pick<ContainerPoolSpec, 'configuration' | 'latch'>;

/** Why containers of this pool cannot take the item's configuration; `undefined` when they can. Pure. */
export function configurationObjection(item: ClaimItem, pool: Rules): string | undefined {
  const latched = pool.latch.mode !== 'None';
  const bytes = latched ? latchBytes(item) : configurationBytes(item);
  if (bytes > largestConfiguration) {
    return `its environment and files have ${bytes} bytes, a container takes at most ${largestConfiguration}`;
  }
  if (item.secret && pool.configuration.secretPath === undefined) {
    return "it brings a Secret, and the pool's spec.configuration.secretPath does not say where it would go";
  }
  return latched ? nulObjection(item) : latchlessObjection(item, pool);
}

function nulObjection({ env = [] }: ClaimItem): string | undefined {
  const broken = env.find(({ value, valueBase64 }) => bytesOf(value, valueBase64).includes(0));
  return broken && `variable ${broken.name} contains a NUL byte, which no environment can hold`;
}

/** What only a latch can do: without one the kubelet shows annotations as they are. */
function latchlessObjection({ env = [], files = [] }: ClaimItem, { configuration }: Rules): string | undefined {
  const binary =
    env.find(({ valueBase64 }) => valueBase64 !== undefined) ??
    files.find(({ contentBase64 }) => contentBase64 !== undefined);
  if (binary) return `${binary.name} is given in base64, which takes a pool with a latch (spec.latch.mode)`;
  const special = files.find(({ mode }) => mode !== undefined);
  if (special) return `file ${special.name} has a mode, which takes a pool with a latch (spec.latch.mode)`;
  const unknown = files.find(({ name }) => !configuration.files.includes(name));
  return (
    unknown &&
    `file ${unknown.name} is not among the pool's spec.configuration.files (${configuration.files.join(', ') || 'none'})`
  );
}
