/**
 * Runs vitest, and once more the files that failed if all of them kill parts of the cluster that they run on: under such tests a machine
 * may fail as well as the program. Fails when a file fails twice.
 *
 *   main.js REPORT.json LOG WHEN_FAILED PART… -- COMMAND THAT RUNS VITEST
 *
 * REPORT.json has each file as it went last. LOG has what was repeated, why, and what the shell command WHEN_FAILED printed before; it
 * is empty where nothing was. A PART is what the paths of files that may be repeated contain.
 */
import { spawnSync } from 'node:child_process';
import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { logOf, type Report, toRepeat, withRepeated } from './report.js';

const [path = '', log = '', whenFailed = '', ...rest] = process.argv.slice(2);
const dashes = rest.indexOf('--');
const [disruptive, [command = '', ...given]] = [rest.slice(0, dashes), rest.slice(dashes + 1)];

/** `undefined` where vitest did not come to report anything, or failed for another reason than a test. */
function run(files: readonly string[], to: string): Report | undefined {
  rmSync(to, { force: true });
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${to}`];
  const { status } = spawnSync(command, [...given, ...reporters, ...files], { stdio: 'inherit' });
  try {
    const report = JSON.parse(readFileSync(to, 'utf8')) as Report;
    return report.success && status !== 0 ? undefined : report;
  } catch {
    return undefined;
  }
}

function note(text: string): void {
  appendFileSync(log, text);
  process.stdout.write(text);
}

writeFileSync(log, '');
let report = run([], path);
if (report && !report.success) {
  const { stdout } = spawnSync('bash', ['-c', whenFailed], { encoding: 'utf8' });
  const files = toRepeat(report, disruptive);
  if (files.length === 0) process.stdout.write(stdout);
  else {
    note(`${files.map(logOf).join('\n')}${stdout}\n`);
    const second = run(
      files.map(({ name }) => name),
      `${path}.second`,
    );
    report = second && withRepeated(report, second);
    if (report) writeFileSync(path, JSON.stringify(report));
    note(`the second time: ${report?.success ? 'passed' : 'failed'}\n`);
  }
}
process.exitCode = report?.success ? 0 : 1;
