/** Certificates that end or are replaced while a claim of 500 is served: the operator's own, and the server's. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { second } from '../../src/support/time.js';
import { controlPlane, lacks } from '../control-plane/binaries.js';
import { Authority } from '../control-plane/certificates.js';
import { expectAround, expectKeptOnce } from './promise.js';
import { operatorUser, Scene } from './scene.js';

const size = 500;
/** Of the claim, before the certificate ends; the rest comes into stock after that. */
const half = size / 2;

describe.skipIf(lacks(controlPlane, 'certificates that are replaced'))('in the middle of a claim of 500', () => {
  const folder = mkdtempSync(join(tmpdir(), 'penstock-certificates-'));
  const path = (name: string) => join(folder, name);
  const authority = new Authority('clients');
  let scene: Scene;

  beforeAll(async () => {
    writeFileSync(path('clients.crt'), authority.certificate);
    scene = await Scene.open({ apiServerFlags: [`--client-ca-file=${path('clients.crt')}`] });
    await scene.pool('boxes', { replicas: half });
  });
  afterEach(() => scene.clear());
  afterAll(async () => {
    await scene?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const certify = (lifetime: number) => {
    const { certificate, key } = authority.certify(operatorUser, scene.clock.now() + lifetime);
    writeFileSync(path('operator.key'), key);
    writeFileSync(path('operator.crt'), certificate);
  };
  const claim = (name: string) =>
    scene.claim(name, { pool: { name: 'boxes' }, items: [{ name: 'job', count: size }], minAvailable: 0 });

  it("the operator's certificate expires, and another takes its place in the files", async () => {
    const other = await scene.operator();
    await scene.full('boxes');
    await scene.refill('boxes', 'paused');
    await other.stop();
    const life = 20 * second;
    const end = scene.clock.now() + life;
    certify(life);
    const user = { 'client-certificate': path('operator.crt'), 'client-key': path('operator.key') };
    const operator = await scene.operatorAs(scene.plane.kubeconfigFor(user, 'certified.kubeconfig'));
    await claim('expired');
    await scene.delivered('expired', half);
    const begin = scene.moment();
    await scene.clock.sleep(end - scene.clock.now());
    await scene.until(
      'the operator to be refused',
      async () => operator.log(),
      (log) => /Unauthorized/.test(log),
    );
    await scene.refill('boxes', 'on');
    certify(3600 * second);
    const renewed = scene.moment();
    const { later, ...delivered } = await scene.settled('expired', 'boxes');
    const given = expectKeptOnce(delivered);
    expectAround(given, begin, renewed);
    expect(given.filter(({ at }) => at > begin && at < renewed)).toEqual([]);
    expect(later).toEqual([]);
  });

  it("the server's certificate is replaced, and the authority behind it", async () => {
    await scene.operator();
    await scene.full('boxes');
    await claim('replaced');
    const begin = await scene.delivered('replaced', 50);
    await scene.plane.replaceServingCertificate();
    await scene.reconnect();
    const end = scene.moment();
    const { later, ...delivered } = await scene.settled('replaced', 'boxes');
    expectAround(expectKeptOnce(delivered), begin, end);
    expect(later).toEqual([]);
  });
});
