import { expect, test } from 'vitest';
import { ends } from './matrix.js';
import { migration } from './migration.js';
import { pairs } from './pairs.js';

test('the matrix has every pair: those that can be moved are moved, and the others say why not', async () => {
  const opened = await migration.open({});
  expect(opened.points.length).toBe(ends.length ** 2);
  const verdicts: object[] = [];
  for (const at of opened.points) {
    const { facts = {} } = await opened.run({ policy: 'penstock', at, seed: 1 });
    const { possible, success, reason } = facts;
    verdicts.push({ ...at, possible, success, says: String(reason).length > 20 });
  }
  const expected = opened.points.map(({ source, target }) => {
    const possible = pairs.some(({ from, to }) => from === source && to === target);
    return { source, target, possible, success: possible, says: !possible };
  });
  expect(verdicts).toEqual(expected);
});

test.each([
  ['StatefulSet', 'claim', 'knows its pods by their names'],
  ['pool', 'DaemonSet', 'one pod for each node'],
  ['Job', 'pool', 'counts its pods to the end'],
  ['pod', 'claim', 'spec.from.kind: must be ContainerPool, ContainerClaim, Deployment'],
])('from %s to %s is refused: %s', async (source, target, sentence) => {
  const opened = await migration.open({});
  const { facts = {} } = await opened.run({ policy: 'penstock', at: { source, target }, seed: 1 });
  expect(facts['reason']).toContain(sentence);
});
