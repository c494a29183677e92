import { join } from 'node:path';
import { csvOf, documentOf, type Experiment, renderText, type Result, writeWhole } from '../../simulation/index.js';
import type { Io } from '../io.js';

interface Finished {
  readonly experiment: Experiment;
  readonly result: Result;
  readonly folder: string;
  /** The document on standard output, in place of tables. */
  readonly json: boolean;
}

const usualWidth = 120;

/** Writes what came out into the folder of the run, each file whole or not at all, and prints it. */
export async function writeReports({ stdout, stderr }: Io, finished: Finished): Promise<void> {
  const { experiment, result, folder, json } = finished;
  const document = `${JSON.stringify(documentOf(result), null, 2)}\n`;
  const report = experiment.report(result);
  // what draws charts is large: loaded only here
  const { renderHtml } = await import('../../simulation/report/html/render-html.js');
  writeWhole(join(folder, 'result.json'), document);
  writeWhole(join(folder, 'result.csv'), csvOf(result));
  writeWhole(join(folder, 'report.html'), renderHtml(report, result));
  if (json) {
    // logs of pods mix both streams
    stdout.write(document);
    return;
  }
  stdout.write(renderText(report, Math.max(40, stdout.columns ?? usualWidth)));
  stderr.write(`\nThe report is ${join(folder, 'report.html')}; result.json and result.csv are beside it.\n`);
}
