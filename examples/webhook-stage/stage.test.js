/** node --test examples/webhook-stage */
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import test from 'node:test';
import { isGenuine, judge } from './stage.js';

const now = 1_800_000_000_000;
const body = '{"kind":"StageReview"}';

function signed(key, time = String(now / 1000)) {
  const signature = `sha256=${createHmac('sha256', key).update(`${time}.${body}`).digest('hex')}`;
  return { 'penstock-timestamp': time, 'penstock-signature': signature };
}

test('takes calls that are signed with the key, and no others', () => {
  assert.equal(isGenuine(signed('k'), body, 'k', now), true);
  assert.equal(isGenuine(signed('other'), body, 'k', now), false);
  assert.equal(isGenuine(signed('k'), `${body} `, 'k', now), false);
  assert.equal(isGenuine({}, body, 'k', now), false);
});

test('takes no call that is sent again later', () => {
  assert.equal(isGenuine(signed('k'), body, 'k', now + 301_000), false);
  assert.equal(isGenuine({ ...signed('k'), 'penstock-timestamp': '1' }, body, 'k', now), false);
});

test('judges containers by their restarts', () => {
  const review = (name, restarts, attempt) => ({ attempt, pod: { name, containers: [{ restarts }] } });
  assert.equal(judge(review('a', 0, 0)).verdict, 'pass');
  assert.equal(judge(review('a', 2, 0)).verdict, 'fail');
  assert.equal(judge(review('a0', 0, 0)).verdict, 'retry');
  assert.equal(judge(review('a0', 0, 1)).verdict, 'pass');
});
