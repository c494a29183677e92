import type { Part } from '../../part.js';
import { claimAuthorsPolicy } from './claims.js';
import { lineAuthorsPolicy } from './lines.js';
import { migrationAuthorsPolicy } from './migrations.js';
import { poolAuthorsPolicy } from './pools.js';

/** Nobody gets done through the operator what they may not do themselves: its rights are asked of those for whom it acts. */
export const authorsPolicies = (): readonly Part[] => [
  ...poolAuthorsPolicy(),
  ...claimAuthorsPolicy(),
  ...lineAuthorsPolicy(),
  ...migrationAuthorsPolicy(),
];
