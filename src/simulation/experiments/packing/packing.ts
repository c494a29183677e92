import { z } from 'zod';
import { CodedError, exitCodes } from '../../../support/errors.js';
import { seededRandom } from '../../../support/random.js';
import { openbFiles, readOpenb } from '../../workloads/openb.js';
import { experiment } from '../experiment.js';
import { packGpus } from './gpu-packing.js';
import { gpuPolicies } from './gpu-policies.js';
import { report } from './report.js';
import { syntheticOpenb } from './synthetic-openb.js';

const parameters = z.strictObject({
  trace: z
    .string()
    .min(1)
    .optional()
    .describe('folder of openb, or of the public traces; without it nodes and pods are synthetic'),
  pods: z.string().min(1).optional().describe('file with another list of pods of the same format'),
  nodes: z.int().min(1).max(10_000).default(150).describe('number of synthetic nodes'),
});

/** The packing experiment of FGD: Weng et al., USENIX ATC 2023. */
export const packing = experiment({
  name: 'packing',
  about:
    'GPUs allocated when pods that ask for shares of GPUs fill a cluster, beside the published figures of FGD (openb)',
  parameters,
  policies: gpuPolicies.map(({ name }) => name),
  load({ trace, pods, nodes }) {
    if (trace === undefined && pods === undefined) {
      // the same nodes and kinds of pods for all seeds: these draw which come, and in which order
      return { openb: syntheticOpenb(nodes, seededRandom('packing')), source: `synthetic, ${nodes} nodes` };
    }
    const files = openbFiles(trace, pods);
    if (typeof files === 'string')
      throw new CodedError('TRACE_MISSING', `experiment packing: ${files}`, undefined, exitCodes.invalid);
    return { openb: readOpenb(files), source: `openb, ${files.pods}` };
  },
  notes: ({ source, openb }) => [`pods and nodes: ${source}; ${openb.milli / 1000} GPUs`],
  run({ input: { openb }, random }, { policy }, signal) {
    const chosen = gpuPolicies.find(({ name }) => name === policy);
    if (!chosen) throw new Error(`no policy ${policy}`);
    const { allocated, arrived, dropped, course } = packGpus(openb, chosen, random, signal);
    return {
      measures: {
        allocated,
        arrived,
        dropped,
        ...(chosen.published !== undefined && { published: chosen.published }),
      },
      series: { course },
    };
  },
  report,
});
