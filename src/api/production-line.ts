// without a schema at run time: only who writes lines or works by them needs their rules
import type { z } from 'zod';
import type { DeepReadonly } from '../support/readonly.js';
import { kind } from './meta/kind.js';
import type { Resource } from './meta/resource.js';
import { group, version } from './names.js';
import type { productionLineSpec, productionLineStatus } from './production-line-schema.js';

/**
 * A production line: which stages containers pass on their way into stock, to a claim, and out again. What each stage is,
 * and which settings it has, stands with the stage (src/line/stages): here is only what holds whatever the stages do.
 */

/** How many accepted versions of a line are remembered: containers finish on the one that they began with. */
export const keptVersions = 3;

export type ProductionLineSpec = DeepReadonly<z.output<typeof productionLineSpec>>;
export type ProductionLineStatus = DeepReadonly<z.output<typeof productionLineStatus>>;
export type StageEntry = NonNullable<ProductionLineSpec['deliver']>[number];
export const chainNames = ['produce', 'deliver', 'reclaim'] as const;
export type ChainName = (typeof chainNames)[number];

/** What a stage is called within its chain. */
export const stageName = ({ name, stage }: Pick<StageEntry, 'name' | 'stage'>): string => name ?? stage;

/** The stages by which containers are made, delivered and reclaimed. Pools name it. */
export interface ProductionLine extends Resource {
  readonly spec: ProductionLineSpec;
  readonly status?: ProductionLineStatus;
}

export const ProductionLine = kind<ProductionLine>({
  group,
  version,
  plural: 'productionlines',
  name: 'ProductionLine',
  namespaced: true,
});

/** How pools and claims work unless a line says otherwise: a line like any other. */
export const defaultLine: ProductionLineSpec & Required<Pick<ProductionLineSpec, ChainName>> = {
  produce: [{ stage: 'provision' }, { stage: 'stock' }],
  deliver: [
    { stage: 'match' },
    { stage: 'hand-over' },
    { stage: 'resize' },
    { stage: 'configure' },
    { stage: 'verify', timeout: '5m' },
  ],
  reclaim: [{ stage: 'scrub' }, { stage: 'retire' }],
  quarantine: { most: 3, keepFor: '1h' },
};
