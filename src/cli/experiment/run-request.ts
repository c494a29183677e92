import { mkdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import {
  type Experiment,
  inProcess,
  inShard,
  type Opened,
  type Request,
  type Result,
  resultOf,
  runTrials,
  type Shard,
  type Trial,
  TrialStore,
  Workers,
} from '../../simulation/index.js';
import type { Io } from '../io.js';
import { progressOn } from '../progress/progress.js';
import { writeReports } from './write-reports.js';

export interface RunFlags {
  readonly policies?: readonly string[];
  readonly seed: number;
  readonly seeds?: number;
  /** Trials at a time. */
  readonly workers?: number;
  readonly shard?: Shard;
  readonly out?: string;
  readonly json?: boolean;
}

interface Run {
  readonly experiment: Experiment;
  readonly opened: Opened;
  readonly request: Request;
  /** The parameters as they were given, for workers. */
  readonly given: unknown;
  readonly version: string;
  readonly flags: RunFlags;
  readonly trials: readonly Trial[];
}

/** Runs the trials, shows how far it is, and writes what came out. What is done stays when it is interrupted. */
export async function runRequest(io: Io, run: Run): Promise<void> {
  const { experiment, opened, request, version, flags } = run;
  const folder = flags.out ?? join('penstock-experiments', experiment.name);
  mkdirSync(folder, { recursive: true });
  const header = { request, points: opened.points, version, notes: opened.notes };
  const store = TrialStore.open(folder, header);
  const trials = flags.shard ? inShard(run.trials, flags.shard) : run.trials;
  const results = await progressOn('stderr', io).step(title(run, trials, store.size), async (show) => {
    const width = opened.sequential ? 1 : Math.min(flags.workers ?? availableParallelism(), trials.length);
    const workers = width > 1 ? startWorkers(run, width) : undefined;
    try {
      return await runTrials({
        trials,
        executor: workers ?? inProcess(opened),
        store,
        signal: io.interrupted,
        progress: (done, all, { policy, at, seed }) => {
          const where = Object.entries(at).map(([key, value]) => `${key} ${value}`);
          show(`${done} of ${all}: ${[policy, ...where, `seed ${seed}`].join(', ')}`);
        },
      });
    } finally {
      await workers?.[Symbol.asyncDispose]();
    }
  });
  if (flags.shard) {
    io.stderr.write(
      `part ${flags.shard.index} of ${flags.shard.count} is in ${folder}; penstock experiment merge puts the parts together\n`,
    );
    return;
  }
  const result: Result = resultOf(request, header, results);
  await writeReports(io, { experiment, result, folder, json: flags.json === true });
  store.finish();
}

function title({ experiment }: Run, trials: readonly Trial[], done: number): string {
  const known = done === 0 ? '' : `, ${done} of them done before`;
  return `Running ${experiment.name}: ${trials.length} trials${known}`;
}

/** The program of a worker, beside this one as both are built. */
const workerFile = new URL('../simulation/trial-worker.js', import.meta.url);

const startWorkers = ({ experiment, given }: Run, width: number): Workers =>
  new Workers(width, workerFile, experiment.name, given);
