/** A user's program on a socket of this machine, and all that can go wrong with it. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { aClaim, stocked } from '../../../test/objects.js';
import { Secret } from '../../api/kubernetes.js';
import { annotations } from '../../api/names.js';
import { EmbeddedCluster } from '../../embedded/index.js';
import { BackgroundCalls, httpClient } from '../../runtime/index.js';
import { silentLogger } from '../../support/log.js';
import { seededRandom } from '../../support/random.js';
import { isSignatureOf } from '../../support/signature.js';
import { WallClock } from '../../support/wall-clock.js';
import type { Stage, StageContext, StageVerdict } from '../stage.js';
import { webhookOnTheWayIn } from '../stages/webhook.js';
import type { WithMarks } from '../noted.js';
import type { Subject } from './review.js';

type Work = Subject & WithMarks;

interface Heard {
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** A program that answers as `answer` does; returns where it is, and what it was told. */
async function program(answer: (response: ServerResponse, heard: readonly Heard[]) => void) {
  const heard: Heard[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      heard.push({ headers: request.headers, body });
      answer(response, heard);
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/stage`, heard };
}

const says = (value: unknown) => (response: ServerResponse) => void response.end(JSON.stringify(value));

const clock = new WallClock();

function context(cluster = new EmbeddedCluster({ clock, random: seededRandom(1) })): StageContext {
  const signal = new AbortController().signal;
  return {
    cluster,
    clock,
    signal,
    term: 0,
    log: silentLogger,
    events: { record: () => {} },
    wake: () => {},
    attempt: 2,
  };
}

function stageFor(settings: object): Stage<Work> {
  const workshop = { random: seededRandom(1), calls: new BackgroundCalls(clock), http: httpClient(clock) };
  const place = { name: 'score', chain: 'deliver', version: 'l@1.u', following: [] } as const;
  const made = webhookOnTheWayIn<Work>().make(settings, workshop, place);
  if (!('run' in made)) throw new Error(made.join('; '));
  return made;
}

/** What the stage says once it has its answer: until then it asks to be run again, and wakes who runs it. */
async function verdictOf(stage: Stage<Work>, world = context()): Promise<StageVerdict<Work>> {
  for (;;) {
    let wake = () => {};
    const woken = new Promise<void>((resolve) => (wake = resolve));
    const verdict = await stage.run(work, { ...world, wake });
    if (verdict.verdict !== 'retry' || verdict.after !== undefined) return verdict;
    await woken;
  }
}

const work: Work = {
  pod: stocked('a', { metadata: { labels: { app: 'x' }, annotations: { [annotations.env]: '{"TOKEN":"s3cret"}' } } }),
  claim: aClaim({ tenant: 'blue' }),
};

describe('a stage by webhook', () => {
  it('tells of the container, the claim and the try, signed, and nothing of the configuration', async () => {
    const { url, heard } = await program(says({ verdict: 'pass' }));
    const cluster = new EmbeddedCluster({ clock, random: seededRandom(1) });
    await cluster.create(Secret, { metadata: { namespace: 'default', name: 'hmac' }, data: { key: btoa('quiet') } });
    const stage = stageFor({ url, secret: { name: 'hmac' } });
    expect(await verdictOf(stage, context(cluster))).toMatchObject({ verdict: 'pass' });
    const [{ headers, body }] = heard as [Heard];
    expect(JSON.parse(body)).toMatchObject({
      kind: 'StageReview',
      line: 'l@1.u',
      stage: 'score',
      attempt: 2,
      claim: { namespace: 'default', name: 'claim', tenant: 'blue' },
      pod: { namespace: 'default', name: 'a', labels: { app: 'x' }, containers: [{ name: 'main' }] },
    });
    expect(body).not.toContain('s3cret');
    const [time, signature] = [String(headers['penstock-timestamp']), String(headers['penstock-signature'])];
    expect(Math.abs(Number(time) - clock.now() / 1000)).toBeLessThan(60);
    expect(isSignatureOf(signature, `${time}.${body}`, Buffer.from('quiet'))).toBe(true);
    expect(isSignatureOf(signature, `${time}.${body}`, Buffer.from('wrong'))).toBe(false);
    expect(isSignatureOf(signature, `${Number(time) + 1}.${body}`, Buffer.from('quiet'))).toBe(false);
  });

  it('signs with no credential of the cluster: nothing is sent', async () => {
    const { url, heard } = await program(says({ verdict: 'pass' }));
    const cluster = new EmbeddedCluster({ clock, random: seededRandom(1) });
    const type = 'kubernetes.io/service-account-token';
    await cluster.create(Secret, { metadata: { namespace: 'default', name: 'hmac' }, type, data: { key: btoa('t') } });
    const verdict = await verdictOf(stageFor({ url, secret: { name: 'hmac' } }), context(cluster));
    expect(verdict).toMatchObject({ why: expect.stringContaining('which the operator never hands out') });
    expect(heard).toEqual([]);
  });

  it.each([
    ['turned down', { verdict: 'fail', why: 'too old' }, { verdict: 'fail', why: 'too old', consequence: 'replace' }],
    ['put off', { verdict: 'retry', why: 'busy', after: '7s' }, { verdict: 'retry', why: 'busy', after: 7000 }],
    ['let through with a mark', { verdict: 'pass', labels: { score: '9' } }, { verdict: 'pass' }],
    [
      'given a mark that is not allowed',
      { verdict: 'pass', labels: { 'penstock.dev/state': 'stocked' } },
      { verdict: 'fail', why: expect.stringContaining('penstock.dev/state, which settings.marks does not allow') },
    ],
  ])('a container is %s', async (_, answer, verdict) => {
    const { url } = await program(says(answer));
    expect(await verdictOf(stageFor({ url, marks: { labels: ['score'] } }))).toMatchObject(verdict);
  });

  const troubles: readonly (readonly [string, (response: ServerResponse) => void, string])[] = [
    ['garbage', (response) => void response.end('<html>'), 'the answer is not JSON'],
    ['a word that is no verdict', says({ verdict: 'maybe' }), 'the answer is no verdict: verdict'],
    ['too much', (response) => void response.end('x'.repeat(70_000)), 'the answer is larger than 65536 bytes'],
    [
      'too much, without end',
      (response) => {
        const chunk = 'x'.repeat(10_000);
        const more = () => {
          while (response.write(chunk) && !response.destroyed);
          if (!response.destroyed) response.once('drain', more);
        };
        response.on('error', () => {});
        more();
      },
      'the answer is larger than 65536 bytes',
    ],
    ['a failure', (response) => void response.writeHead(500).end(), 'answered with 500 instead of 200'],
    [
      'a redirect, which is not followed',
      (response) => void response.writeHead(302, { location: 'http://127.0.0.1:1/elsewhere' }).end(),
      'answered with 302 instead of 200',
    ],
    ['nothing', () => {}, 'no answer within 200 ms'],
    [
      'half of it',
      (response) => void response.writeHead(200, { 'content-length': 99 }).write('{"verdict"'),
      'no answer',
    ],
    ['a broken connection', (response) => void response.socket?.destroy(), 'socket hang up'],
  ];

  it.each(troubles)('%s is no verdict', async (_, answer, words) => {
    const { url } = await program(answer);
    const verdict = await verdictOf(stageFor({ url, callTimeout: '200ms' }));
    expect(verdict).toMatchObject({ verdict: 'fail', consequence: 'replace', why: expect.stringContaining(words) });
    // where it is called stands in a status, which more people read than the line
    expect(JSON.stringify(verdict.verdict === 'fail' && verdict.why)).not.toContain('/stage');
    const ignoring = stageFor({ url, callTimeout: '200ms', failurePolicy: 'Ignore' });
    expect(await verdictOf(ignoring)).toMatchObject({ verdict: 'fail', consequence: 'tell' });
  });

  it('is not called for a while after so many calls without a verdict, then once', async () => {
    const { url, heard } = await program((response, all) => {
      if (all.length <= 2) response.writeHead(503).end();
      else response.end('{"verdict":"pass"}');
    });
    const stage = stageFor({ url, breaker: { failures: 2, pause: '200ms' } });
    const run = () => verdictOf(stage);
    expect([await run(), await run()].map(({ verdict }) => verdict)).toEqual(['fail', 'fail']);
    expect(await run()).toMatchObject({ verdict: 'retry', why: expect.stringContaining('has not answered 2 times') });
    expect(heard).toHaveLength(2);
    await clock.sleep(220);
    expect(await run()).toMatchObject({ verdict: 'pass' });
    expect(await run()).toMatchObject({ verdict: 'pass' });
    expect(heard).toHaveLength(4);
  });

  it('says which Secret it lacks, and calls nobody without it', async () => {
    const { url, heard } = await program(says({ verdict: 'pass' }));
    const verdict = await verdictOf(stageFor({ url, secret: { name: 'hmac' } }));
    expect(verdict).toMatchObject({ verdict: 'fail', why: 'there is no Secret hmac: create it' });
    expect(heard).toEqual([]);
  });

  it.each([
    ['ftp://example.com', 'must be an http or https URL'],
    ['http://user:secret@example.com', 'without a user in it'],
    ['http', 'must be an http or https URL'],
  ])('does not take %s as an address', (url, words) => {
    expect(() => stageFor({ url })).toThrow(words);
  });

  it('does not let headers be set that are its own', () => {
    expect(() => stageFor({ url: 'http://x', headers: { 'Penstock-Signature': 'y' } })).toThrow(
      'must leave out headers',
    );
    expect(() => stageFor({ url: 'http://x', headers: { a: 'b\r\nc: d' } })).toThrow('must be printable ASCII');
  });
});
