import { expect, test } from 'vitest';
import { CodedError, exitCodes } from '../../support/errors.js';
import { apiError, Unreachable } from '../errors.js';
import { explain } from './explain.js';

const where = { server: 'https://10.0.0.1:6443', context: 'work', user: 'ann' };
const unreachable = (code: string) =>
  new Unreachable('GET https://10.0.0.1:6443/api/v1/pods: …', { cause: Object.assign(new Error(code), { code }) });
const answer = (code: number, message: string, reason?: string) => apiError(code, reason, message);

test.each([
  [
    unreachable('ECONNREFUSED'),
    exitCodes.unreachable,
    /10\.0\.0\.1:6443 cannot be reached: nothing listens/,
    /running/,
  ],
  [unreachable('ENOTFOUND'), exitCodes.unreachable, /host name is not known/, /DNS/],
  [
    unreachable('DEPTH_ZERO_SELF_SIGNED_CERT'),
    exitCodes.unreachable,
    /certificate of https.* not signed/,
    /kubeconfig/,
  ],
  [unreachable('CERT_HAS_EXPIRED'), exitCodes.unreachable, /expired/, /renew/],
  [new Unreachable('no answer within 30 s'), exitCodes.unreachable, /no answer within 30 s/, /may have happened/],
  [answer(401, 'Unauthorized'), exitCodes.forbidden, /does not know user "ann" \(context "work"\)/, /log in again/],
  [
    answer(403, 'pods is forbidden: User "ann" cannot list'),
    exitCodes.forbidden,
    /User "ann" cannot list/,
    /ask for a Role/,
  ],
  [
    answer(404, 'the server could not find the requested resource'),
    exitCodes.notInstalled,
    /penstock\.dev/,
    /install --crds/,
  ],
  [answer(404, '404 page not found'), exitCodes.notInstalled, /penstock\.dev/, /install --crds/],
  [answer(404, 'containerpools.penstock.dev "web" not found'), exitCodes.notFound, /"web" not found/, undefined],
  [answer(409, 'pods "a" already exists', 'AlreadyExists'), exitCodes.conflict, /already exists/, /another name/],
  [answer(409, 'the object has been modified', 'Conflict'), exitCodes.conflict, /modified/, /try again/],
  [answer(422, 'spec.items[0].count: must be at least 1'), exitCodes.invalid, /must be at least 1/, undefined],
  [answer(429, 'too many requests'), exitCodes.failed, /overloaded/, /try again in 10 s/],
  [answer(500, 'etcd is sad'), exitCodes.failed, /answered 500 \(InternalError\): etcd is sad/, undefined],
  [answer(504, 'took too long'), exitCodes.timedOut, /took too long/, undefined],
  [new CodedError('X', 'what', 'do this', exitCodes.usage), exitCodes.usage, /what/, /do this/],
  [new TypeError('a bug'), exitCodes.failed, /a bug/, undefined],
])('%s', (error, exitCode, message, hint) => {
  const explanation = explain(error, where);
  expect(explanation.exitCode).toBe(exitCode);
  expect(explanation.message).toMatch(message);
  expect(explanation.hint ?? '').toMatch(hint ?? /^$/);
});
