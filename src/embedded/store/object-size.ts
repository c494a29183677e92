import { RequestEntityTooLarge } from '../../cluster/errors.js';
import { type Item, sizeOf } from './json.js';

/** etcd takes requests of up to 1.5 MiB. */
const objectLimit = 1.5 * 1024 * 1024;

/** @throws RequestEntityTooLarge */
export function checkSize(object: Item): void {
  const size = sizeOf(object);
  if (size > objectLimit)
    throw new RequestEntityTooLarge(`etcdserver: request is too large (${size} of ${objectLimit} bytes)`);
}
