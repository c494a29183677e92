import { readFileSync } from 'node:fs';
import type { Material } from './format.js';

/** Throws what Node.js throws for a file that cannot be read. */
export const textOf = (material: Material): string =>
  'text' in material ? material.text : readFileSync(material.file, 'utf8');
