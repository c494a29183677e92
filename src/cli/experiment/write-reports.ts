import { join } from 'node:path';
import {
  csvOf,
  documentOf,
  type Experiment,
  renderHtml,
  renderText,
  type Report,
  type Result,
  writeWhole,
} from '../../simulation/index.js';
import type { Io } from '../io.js';
import { palette } from '../output/palette.js';

interface Finished {
  readonly experiment: Pick<Experiment, 'report'>;
  readonly result: Result;
  readonly folder: string;
  /** The document on standard output, in place of tables and charts. */
  readonly json: boolean;
}

/**
 * Writes what came out into the folder of the run, each file whole or not at all, and prints it.
 *
 * @param write puts a file in its place; throws when it cannot
 * @throws CodedError `RUN_FOLDER_UNUSABLE`, such as for a full disk; nothing is printed then
 */
export async function writeReports(
  { stdout, stderr, environment }: Pick<Io, 'stdout' | 'stderr' | 'environment'>,
  { experiment, result, folder, json }: Finished,
  write: (file: string, content: string) => void = writeWhole,
): Promise<void> {
  const document = `${JSON.stringify(documentOf(result), null, 2)}\n`;
  const report = experiment.report(result);
  const page = await renderHtml(report, result);
  const file = join(folder, 'report.html');
  // result.json last: a folder that has it has all of them
  write(file, page);
  write(join(folder, 'result.csv'), csvOf(result));
  write(join(folder, 'result.json'), document);
  if (json) {
    // and nothing else: logs of pods mix both streams
    stdout.write(document);
    return;
  }
  stdout.write(textOf(report, { stdout, environment }));
  stderr.write(`the report is ${file}; result.json and result.csv are beside it\n`);
}

function textOf(report: Report, { stdout, environment }: Pick<Io, 'stdout' | 'environment'>): string {
  const { isColorSupported: color } = palette(stdout, environment);
  return renderText(report, { width: Math.max(leastWidth, stdout.columns ?? widthOfFiles), color });
}

const leastWidth = 40;
const widthOfFiles = 100;
