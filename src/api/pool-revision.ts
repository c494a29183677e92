import type { TemplatedPool } from './container-pool.js';
import { kind } from './meta/kind.js';
import type { Resource } from './meta/resource.js';

/** What the containers of a pool are made from. */
export type RevisionData = Pick<TemplatedPool['spec'], 'template' | 'configuration' | 'latch'>;

/** A ControllerRevision of Kubernetes, as pools use it: as for a StatefulSet, what its owner was. */
export interface PoolRevision extends Resource {
  /** The greatest is the newest. */
  readonly revision: number;
  readonly data?: RevisionData;
}

export const PoolRevision = kind<PoolRevision>({
  group: 'apps',
  version: 'v1',
  plural: 'controllerrevisions',
  name: 'ControllerRevision',
  namespaced: true,
});
