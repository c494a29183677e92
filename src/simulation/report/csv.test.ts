import { expect, test } from 'vitest';
import { csvOf } from './csv.js';

test('rows are lines that end with CRLF, with a column for each figure and each interval', () => {
  const rows = [
    { policy: 'a', load: 0.5, backlog: 2.25, seeds: 2, interval: { backlog: 0.125 } },
    { policy: 'b', load: 0.5, backlog: 19_850, feasible: false, seeds: 1 },
  ];
  expect(csvOf({ rows })).toBe(
    ['policy,load,backlog,seeds,feasible,backlogInterval', 'a,0.5,2.25,2,,0.125', 'b,0.5,19850,1,false,', ''].join(
      '\r\n',
    ),
  );
});

test('what has commas, quotes or line ends is quoted, and a quote is doubled', () => {
  const rows = [{ policy: 'a,b', why: 'says "no"', more: 'one\r\ntwo', seeds: 1 }];
  expect(csvOf({ rows })).toBe('policy,why,more,seeds\r\n"a,b","says ""no""","one\r\ntwo",1\r\n');
});

test('what there is none of is an empty field, not a zero', () => {
  const rows = [
    { policy: 'a', why: null, seeds: 1 },
    { policy: 'b', delay: 0, seeds: 1 },
  ];
  expect(csvOf({ rows })).toBe('policy,why,seeds,delay\r\na,,1,\r\nb,,1,0\r\n');
});

test('text that a spreadsheet would take for a formula stays text', () => {
  const rows = [{ policy: '=1+1', note: '@x', figure: -1, seeds: 1 }];
  expect(csvOf({ rows })).toBe("policy,note,figure,seeds\r\n'=1+1,'@x,-1,1\r\n");
});

test('no rows are an empty header', () => {
  expect(csvOf({ rows: [] })).toBe('\r\n');
});
