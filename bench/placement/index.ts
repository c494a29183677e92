import { tracesVariable } from '../traces.js';
import { type BacklogResults, backlogs, printBacklogs } from './backlog.js';
import { gpuPacking, type PackingResult, printGpuPacking } from './gpu-packing.js';
import { openbFiles, readOpenb } from './openb.js';
import { loadSolver } from './program.js';
import { type ObjectiveGaps, printSmallCases, smallCases } from './small-cases.js';

export interface PlacementOptions {
  /** A list of pods in the format of openb_pod_list_default.csv; that one when absent. */
  readonly trace?: string | undefined;
  /** Of the openb experiment. */
  readonly seeds?: string | undefined;
  /** One object of JSON instead of tables. */
  readonly json: boolean;
}

interface Results {
  readonly smallCases: readonly ObjectiveGaps[];
  readonly backlog: BacklogResults;
  readonly openb?: { readonly pods: string; readonly policies: readonly PackingResult[] };
}

const secondsForAProof = 10;
const defaultSeeds = '3';

/** How good the placement of policies is: against the optimum, against the capacity limit, and against published figures. */
export async function benchPlacement({ trace, seeds = defaultSeeds, json }: PlacementOptions): Promise<void> {
  if (!/^[1-9][0-9]{0,2}$/.test(seeds)) exit(`--seeds must be a whole number from 1 to 999, is ${seeds}`);
  const files = openbFiles(process.env[tracesVariable], tracesVariable, trace);
  if (typeof files === 'string' && trace !== undefined) exit(`bench placement cannot pack ${trace}: ${files}`);
  const solver = await loadSolver(secondsForAProof);
  const small = smallCases(solver);
  if (!json) printSmallCases(small);
  const backlog = backlogs(solver);
  if (!json) printBacklogs(backlog);
  let results: Results = { smallCases: small, backlog };
  if (typeof files === 'string') console.error(`bench placement skips openb: ${files}`);
  else {
    const openb = { pods: files.pods, policies: gpuPacking(readOpenb(files), Number(seeds)) };
    if (!json) printGpuPacking(openb.policies, files.pods, Number(seeds));
    results = { ...results, openb };
  }
  if (json) console.log(JSON.stringify(results));
}

function exit(message: string): never {
  console.error(message);
  process.exit(2);
}
