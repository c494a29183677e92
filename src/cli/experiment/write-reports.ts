import { join } from 'node:path';
import { csvOf, documentOf, type Experiment, type Result, writeWhole } from '../../simulation/index.js';
import type { Io } from '../io.js';

interface Finished {
  readonly experiment: Experiment;
  readonly result: Result;
  readonly folder: string;
  /** The document on standard output, in place of tables. */
  readonly json: boolean;
}

/** Writes what came out into the folder of the run, each file whole or not at all, and prints it. */
export async function writeReports(
  { stdout, stderr }: Io,
  { experiment, result, folder, json }: Finished,
): Promise<void> {
  const document = `${JSON.stringify(documentOf(result), null, 2)}\n`;
  const report = experiment.report(result);
  writeWhole(join(folder, 'result.json'), document);
  writeWhole(join(folder, 'result.csv'), csvOf(result));
  // logs of pods mix both streams
  if (json) stdout.write(document);
  else {
    stdout.write(`${report.title}\n`);
    stderr.write(`result.json and result.csv are in ${folder}\n`);
  }
  return Promise.resolve();
}
