import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { sampleReport, sampleResult } from '../../../test/simulation/sample-report.js';
import { writeWhole } from '../../simulation/index.js';
import { writeReports } from './write-reports.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'penstock-reports-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function capture() {
  const written = { stdout: '', stderr: '' };
  const output = (name: 'stdout' | 'stderr') => ({ write: (text: string) => (written[name] += text) });
  return { written, io: { stdout: output('stdout'), stderr: output('stderr'), environment: {} } };
}

const finished = (json: boolean) => ({
  experiment: { report: () => sampleReport },
  result: sampleResult,
  folder,
  json,
});

describe('the reports of a run', () => {
  test('are an HTML page, CSV and JSON in its folder, and text on standard output', async () => {
    const { written, io } = capture();
    await writeReports(io, finished(false));
    expect(readdirSync(folder).sort()).toEqual(['report.html', 'result.csv', 'result.json']);
    expect(readFileSync(join(folder, 'report.html'), 'utf8')).toMatch(/^<!DOCTYPE html>[\s\S]*<\/html>\n$/);
    expect(written.stdout).toMatch(/^A sample: /);
    expect(written.stderr).toContain(join(folder, 'report.html'));
  });

  test('are the document alone on standard output with --json', async () => {
    const { written, io } = capture();
    await writeReports(io, finished(true));
    expect(written.stdout).toBe(readFileSync(join(folder, 'result.json'), 'utf8'));
    expect(JSON.parse(written.stdout)).toMatchObject({ experiment: 'sample' });
  });

  test.each(['report.html', 'result.csv', 'result.json'])(
    'leave no half file when the disk fills while %s is written, and what was there before stays',
    async (name) => {
      const files = ['report.html', 'result.csv', 'result.json'];
      for (const file of files) writeFileSync(join(folder, file), 'before');
      const { written, io } = capture();
      const write = (file: string, content: string) => {
        const full = file.endsWith(name);
        writeWhole(file, content, (path, data, options) => {
          writeFileSync(path, full ? content.slice(0, 10) : data, options);
          if (full) throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
        });
      };
      await expect(writeReports(io, finished(false), write)).rejects.toMatchObject({
        code: 'RUN_FOLDER_UNUSABLE',
        message: expect.stringContaining('ENOSPC'),
      });
      expect(readdirSync(folder).sort()).toEqual(files);
      expect(readFileSync(join(folder, name), 'utf8')).toBe('before');
      for (const file of files)
        expect(['before', whole(file)]).toContain(endOf(readFileSync(join(folder, file), 'utf8')));
      expect(written).toEqual({ stdout: '', stderr: '' });
    },
  );
});

const ends: Readonly<Record<string, string>> = {
  'report.html': '</html>\n',
  'result.csv': '\r\n',
  'result.json': '}\n',
};
const whole = (file: string): string => ends[file] ?? '';
const endOf = (text: string): string => Object.values(ends).find((end) => text.endsWith(end)) ?? text;
