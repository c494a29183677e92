import { describe, expect, it } from 'vitest';
import { aClaim, delivered, now, stocked } from '../../../../test/objects.js';
import type { Pod } from '../../../api/kubernetes.js';
import { labels, states } from '../../../api/names.js';
import {
  type ApiError,
  Conflict,
  Forbidden,
  InternalError,
  Invalid,
  NotFound,
  TooManyRequests,
  Unreachable,
} from '../../../cluster/errors.js';
import { judge } from './judge.js';
import { toClaim } from './to-claim.js';

const claim = aClaim({ count: 3 });
const pod = stocked('p');
const slot = { index: 1, itemName: 'a', item: { name: 'a', count: 3 } };
const target = toClaim({ claim, slot, pod, origin: 'stock' }, { term: 1, now });
const mine = delivered('p', claim, 1);
const kept = stocked('p', { metadata: { labels: { ...pod.metadata.labels, [labels.state]: states.kept } } });
const otherOwner = { ...pod, metadata: { ...pod.metadata, ownerReferences: [] } };

const answers: readonly [string, ApiError | undefined, Pod | undefined, ReturnType<typeof judge>][] = [
  ['a time-out, and it did happen', new Unreachable('lost'), mine, 'mine'],
  ['422, for it happened in an earlier try', new Invalid('test failed'), mine, 'mine'],
  ['422, for another claim has it', new Invalid('test failed'), delivered('p', aClaim({}, 'other'), 1), 'another'],
  ['422, for it has another number of this claim', new Invalid('test failed'), delivered('p', claim, 2), 'another'],
  ['422, for it has served a tenant since', new Invalid('test failed'), kept, 'another'],
  ['404', new NotFound('gone'), undefined, 'another'],
  ['a time-out, and it is gone', new Unreachable('lost'), undefined, 'another'],
  ['another pod has its name', new Invalid('test failed'), stocked('p', { metadata: { uid: 'another' } }), 'another'],
  [
    '200 on a terminating pod',
    undefined,
    { ...mine, metadata: { ...mine.metadata, deletionTimestamp: 'x' } },
    'another',
  ],
  ['it has ended', new Invalid('test failed'), stocked('p', { status: { phase: 'Failed' } }), 'another'],
  ['422, for its owners have changed', new Invalid('test failed'), otherOwner, 'again'],
  ['409', new Conflict('changed'), pod, 'again'],
  ['429', new TooManyRequests('slow down'), pod, 'again'],
  ['a time-out, and nothing happened', new Unreachable('lost'), pod, 'again'],
  ['500, and nothing happened', new InternalError('oops'), pod, 'again'],
  ['422, and nothing has changed: the patch itself is wrong', new Invalid('annotation too long'), pod, 'abort'],
  ['500 of a webhook that is down', new InternalError('failed calling webhook "a.test": refused'), pod, 'abort'],
  ['409 of a webhook that denies it', new Conflict('admission webhook "a.test" denied the request: no'), pod, 'abort'],
  ['403', new Forbidden('pods is forbidden'), pod, 'abort'],
];

describe('judge', () => {
  it.each(answers)('%s', (_, answer, live, judgement) => {
    expect(judge(answer, pod, target, live)).toBe(judgement);
  });
});
