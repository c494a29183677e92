import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { countWrites, handOvers, readAudit } from './audit.js';

const event = (verb: string, resource: string, code: number, requestObject?: object) => ({
  stage: 'ResponseComplete',
  verb,
  user: { username: 'operator' },
  objectRef: { resource, namespace: 'default', name: 'pod' },
  responseStatus: { code },
  requestReceivedTimestamp: '2026-01-01T00:00:00.000001Z',
  ...(requestObject && { requestObject }),
});

const delivery = [
  { op: 'test', path: '/metadata/uid', value: 'pod-uid' },
  { op: 'test', path: '/metadata/labels/penstock.dev~1state', value: 'stocked' },
  { op: 'add', path: '/metadata/labels/penstock.dev~1state', value: 'delivered' },
  { op: 'add', path: '/metadata/annotations/penstock.dev~1claim-uid', value: 'claim-uid' },
  { op: 'add', path: '/metadata/annotations/penstock.dev~1index', value: '7' },
];

describe('an audit log', () => {
  const folder = mkdtempSync(join(tmpdir(), 'penstock-audit-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'audit.log');
  const lines = [
    event('get', 'pods', 200),
    event('create', 'pods', 201),
    event('patch', 'pods', 200, delivery),
    event('patch', 'pods', 422, delivery),
    event('patch', 'pods', 200, [{ op: 'replace', path: '/metadata/labels/penstock.dev~1state', value: 'returned' }]),
  ];
  // the server was killed while it wrote the last line
  writeFileSync(path, `${lines.map((line) => JSON.stringify(line)).join('\n')}\n{"stage":"Respon`);
  const writes = readAudit(path);

  it('tells writes, without reads and without what is cut off', () => {
    expect(writes.map(({ verb, code }) => [verb, code])).toEqual([
      ['create', 201],
      ['patch', 200],
      ['patch', 422],
      ['patch', 200],
    ]);
    expect(countWrites(writes)).toEqual({ 'create pods': 1, 'patch pods': 2 });
  });

  it('tells hand-overs that succeeded', () => {
    expect(handOvers(writes)).toEqual([
      { container: 'pod-uid', claim: 'claim-uid', index: '7', user: 'operator', at: '2026-01-01T00:00:00.000001Z' },
    ]);
  });
});
