/** What vitest's JSON reporter says of a run, as far as it is read here. */
export interface Report {
  readonly success: boolean;
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly FileResult[];
}

export interface FileResult {
  /** The path of the file. */
  readonly name: string;
  readonly status: 'passed' | 'failed';
  /** Why the file as such failed. */
  readonly message: string;
  readonly assertionResults: readonly {
    readonly fullName: string;
    readonly status: 'passed' | 'failed' | 'pending' | 'skipped' | 'todo';
    readonly failureMessages?: readonly string[] | null;
  }[];
}

const failedFiles = ({ testResults }: Report): readonly FileResult[] =>
  testResults.filter(({ status }) => status === 'failed');

/**
 * The files to run once more: those that failed, if every one of them is in a folder whose tests kill parts of the cluster that they
 * run on. Empty otherwise: what is wrong without that, and what went wrong outside of any file, is wrong.
 */
export function toRepeat(report: Report, disruptive: readonly string[]): readonly FileResult[] {
  const failed = failedFiles(report);
  return failed.every(({ name }) => disruptive.some((part) => name.includes(part))) ? failed : [];
}

/** The report with the files of a second run in place of those of the first. */
export function withRepeated(first: Report, second: Report): Report {
  const again = new Map(second.testResults.map((file) => [file.name, file]));
  const testResults = first.testResults.map((file) => again.get(file.name) ?? file);
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
  const count = (...wanted: readonly string[]) => tests.filter(({ status }) => wanted.includes(status)).length;
  return {
    ...first,
    success: second.success && failedFiles({ ...first, testResults }).length === 0,
    numPassedTests: count('passed'),
    numFailedTests: count('failed'),
    numPendingTests: count('pending', 'skipped'),
    numTodoTests: count('todo'),
    testResults,
  };
}

/** What failed in a file, in full. */
export function logOf({ name, message, assertionResults }: FileResult): string {
  const failures = assertionResults
    .filter(({ status }) => status === 'failed')
    .map(({ fullName, failureMessages }) => [fullName, ...(failureMessages ?? [])].join('\n'));
  return [`${name} failed the first time:`, ...(message === '' ? [] : [message]), ...failures, ''].join('\n');
}
