import { z } from 'zod';
import { resultDocument } from '../../src/simulation/report/document.js';

/** The schema of what `penstock experiment run --json` prints, for programs that read it. */
export const experimentResultSchema = (): string =>
  `${JSON.stringify({ title: 'Result of an experiment', ...z.toJSONSchema(resultDocument, { io: 'output' }) }, null, 2)}\n`;
