import { describe, expect, it } from 'vitest';
import { type FileResult, logOf, type Report, toRepeat, withRepeated } from './report.js';

const disruptive = ['test/server-faults/', 'test/e2e/faults.test.ts'];

const file = (name: string, ...statuses: readonly FileResult['assertionResults'][number]['status'][]): FileResult => ({
  name: `/penstock/${name}`,
  status: statuses.includes('failed') ? 'failed' : 'passed',
  message: '',
  assertionResults: statuses.map((status, index) => ({
    fullName: `test ${index}`,
    status,
    failureMessages: status === 'failed' ? ['expected 1 to be 2'] : [],
  })),
});

const report = (...testResults: readonly FileResult[]): Report => ({
  success: testResults.every(({ status }) => status === 'passed'),
  numPassedTests: 0,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  testResults,
});

const names = (files: readonly FileResult[]) => files.map(({ name }) => name);

describe('a run of tests', () => {
  it('repeats a file that kills parts of the cluster, and no other', () => {
    const faults = file('test/e2e/faults.test.ts', 'passed', 'failed');
    const server = file('test/server-faults/api-server.test.ts', 'failed');
    const passed = file('src/a.test.ts', 'passed');
    expect(toRepeat(report(passed, faults, server), disruptive)).toEqual([faults, server]);
    expect(toRepeat(report(passed, faults, file('src/b.test.ts', 'failed')), disruptive)).toEqual([]);
    expect(toRepeat({ ...report(passed), success: false }, disruptive)).toEqual([]);
  });

  it('counts a repeated file once, as it went the second time', () => {
    const first = report(
      file('src/a.test.ts', 'passed', 'skipped', 'todo'),
      file('test/e2e/faults.test.ts', 'failed', 'skipped'),
    );
    const second = report(file('test/e2e/faults.test.ts', 'passed', 'passed'));
    const merged = withRepeated(first, second);
    expect(merged).toMatchObject({
      success: true,
      numPassedTests: 3,
      numFailedTests: 0,
      numPendingTests: 1,
      numTodoTests: 1,
    });
    expect(names(merged.testResults)).toEqual(names(first.testResults));
  });

  it('fails when a file fails twice, or does not run the second time', () => {
    const first = report(file('test/e2e/faults.test.ts', 'failed'));
    expect(withRepeated(first, first)).toMatchObject({ success: false, numFailedTests: 1 });
    expect(withRepeated(first, report()).success).toBe(false);
    expect(withRepeated(first, { ...report(file('test/e2e/faults.test.ts', 'passed')), success: false }).success).toBe(
      false,
    );
  });

  it('says why a file was repeated', () => {
    const log = logOf({ ...file('test/e2e/faults.test.ts', 'passed', 'failed'), message: 'no cluster' });
    expect(log).toBe(
      '/penstock/test/e2e/faults.test.ts failed the first time:\nno cluster\ntest 1\nexpected 1 to be 2\n',
    );
  });
});
