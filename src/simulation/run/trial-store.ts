/** The folder of a run: what it is of, and a line for each trial that is done, so that a run that was killed goes on where it was. */
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { sameJson } from '../../support/digest.js';
import { CodedError, exitCodes, messageOf } from '../../support/errors.js';
import type { Outcome, Point, Trial } from '../experiments/experiment.js';
import type { Request, TrialResult } from './result.js';
import { trialKey } from './trials.js';

/** What a run is of. Trials of another version, or of other parameters, are not its own. */
export interface RunHeader {
  readonly request: Request;
  readonly points: readonly Point[];
  readonly version: string;
  readonly notes: readonly string[];
}

const headerFile = 'run.json';
const trialsFile = 'trials.jsonl';
const finishedFile = 'finished.jsonl';
/** What is written when all is done. */
export const resultFiles = ['result.json', 'result.csv', 'report.html'] as const;

export class TrialStore {
  readonly #file: string;
  readonly #done: Map<string, TrialResult>;

  private constructor(
    readonly folder: string,
    done: readonly TrialResult[],
  ) {
    this.#file = join(folder, trialsFile);
    this.#done = new Map(done.map((one) => [trialKey(one.trial), one]));
  }

  /**
   * Opens the folder of a run, or makes it. What is there of the same run is kept, of any other it is removed.
   * @throws CodedError `RUN_FOLDER_UNUSABLE`
   */
  static open(folder: string, header: RunHeader): TrialStore {
    return usable(folder, () => {
      if (
        existsSync(join(folder, headerFile)) &&
        sameJson(readHeader(folder), header) &&
        !existsSync(join(folder, finishedFile))
      )
        return new TrialStore(folder, unfinishedTrials(folder));
      mkdirSync(folder, { recursive: true });
      // results of another run would pass for those of this one
      for (const name of [trialsFile, finishedFile, ...resultFiles]) rmSync(join(folder, name), { force: true });
      writeWhole(join(folder, headerFile), `${JSON.stringify(header, null, 2)}\n`);
      return new TrialStore(folder, []);
    });
  }

  outcomeOf(trial: Trial): Outcome | undefined {
    return this.#done.get(trialKey(trial))?.outcome;
  }

  get size(): number {
    return this.#done.size;
  }

  /** @throws CodedError `RUN_FOLDER_UNUSABLE`, such as for a full disk; what was kept before stays */
  keep(result: TrialResult): void {
    usable(this.folder, () => appendFileSync(this.#file, `${JSON.stringify(result)}\n`));
    this.#done.set(trialKey(result.trial), result);
  }

  /** What is finished is not gone on with: a later run of the same begins anew. */
  finish(): void {
    usable(this.folder, () => renameSync(this.#file, join(this.folder, finishedFile)));
  }
}

export const isRunFolder = (folder: string): boolean => existsSync(join(folder, headerFile));

/** What is in the folder of a run, finished or not. */
export function readRun(folder: string): { readonly header: RunHeader; readonly trials: readonly TrialResult[] } {
  return usable(folder, () => ({ header: readHeader(folder), trials: finishedTrials(folder) }));
}

function readHeader(folder: string): RunHeader {
  const header: unknown = JSON.parse(readFileSync(join(folder, headerFile), 'utf8'));
  if (isHeader(header)) return header;
  throw new Error(`${headerFile} is not that of a run`);
}

const isHeader = (value: unknown): value is RunHeader =>
  typeof value === 'object' &&
  value !== null &&
  'request' in value &&
  'points' in value &&
  'version' in value &&
  'notes' in value;

/** A last line without its end was being written when the run was killed: it is removed, as what comes next goes behind it. */
function unfinishedTrials(folder: string): readonly TrialResult[] {
  const file = join(folder, trialsFile);
  if (!existsSync(file)) return [];
  const text = readFileSync(file, 'utf8');
  const whole = wholeLines(text);
  if (whole.length < text.length) truncateSync(file, Buffer.byteLength(whole));
  return trialsIn(whole);
}

function finishedTrials(folder: string): readonly TrialResult[] {
  const file = [trialsFile, finishedFile].map((name) => join(folder, name)).find(existsSync);
  return file === undefined ? [] : trialsIn(wholeLines(readFileSync(file, 'utf8')));
}

const wholeLines = (text: string): string => text.slice(0, text.lastIndexOf('\n') + 1);

const trialsIn = (lines: string): readonly TrialResult[] =>
  lines
    .split('\n')
    .filter((line) => line !== '')
    .map((line): TrialResult => JSON.parse(line));

/**
 * The file is whole, or as it was before.
 *
 * @param write of node:fs
 * @throws CodedError `RUN_FOLDER_UNUSABLE`, such as for a full disk
 */
export function writeWhole(
  file: string,
  content: string | Uint8Array,
  write: typeof writeFileSync = writeFileSync,
): void {
  const temporary = `${file}.tmp`;
  usable(dirname(file), () => {
    try {
      write(temporary, content, { flush: true });
      renameSync(temporary, file);
    } catch (error) {
      rmSync(temporary, { force: true });
      throw error;
    }
  });
}

function usable<T>(folder: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof CodedError) throw error;
    throw new CodedError(
      'RUN_FOLDER_UNUSABLE',
      `the folder of the run, ${folder}: ${messageOf(error)}`,
      'name another one with --out; what is done already is kept where it is',
      exitCodes.failed,
      { cause: error },
    );
  }
}
