/** Whatever a claim may deliver arrives as it is. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { latchText } from '../../src/line/latch/delivery.js';
import { noBusybox } from './busybox.js';
import { Container, type Run } from './container.js';
import { delivery, encoded, env } from './encoding.js';

const printing = (container: Container): readonly string[] => [container.busybox, 'cat', '/proc/self/environ'];

/** The environment that a program printed; `latin1` keeps every byte apart. */
function environment(run: Run): ReadonlyMap<string, string> {
  const entries = run.output.toString('latin1').split('\0').slice(0, -1);
  return new Map(
    entries.map((entry) => {
      const equals = entry.indexOf('=');
      return [entry.slice(0, equals), entry.slice(equals + 1)] as const;
    }),
  );
}

const latin1 = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');

/** Bytes that shells treat in some way of their own come often. */
const byte = fc.oneof(
  fc.integer({ min: 0, max: 255 }),
  fc.constantFrom(0, 1, 9, 10, 13, 32, 34, 36, 39, 42, 48, 92, 96, 110, 0x81, 0x82, 0x88, 0xff, 0xc3),
);
const content = fc.array(byte, { maxLength: 40 }).map((bytes) => Uint8Array.from(bytes));
const value = content.map((bytes) => bytes.filter((one) => one !== 0));
const text = fc.string({ unit: 'binary', maxLength: 20 }).map((characters) => characters.replaceAll('\0', ''));
const name = fc.stringMatching(/^[-._a-zA-Z][-._a-zA-Z0-9]{0,12}$/).filter((one) => one !== 'PATH');
const fileName = fc.stringMatching(/^[A-Za-z0-9]([-A-Za-z0-9_.]{0,10}[A-Za-z0-9])?$/);
const mode = fc.stringMatching(/^0?[4-7][0-7]{2}$/);
const unique = <T extends { name: string }>(things: fc.Arbitrary<T>) =>
  fc.uniqueArray(things, { selector: (one) => one.name, maxLength: 8 });

describe.skipIf(noBusybox)('a latch', () => {
  it('gives the program every variable as it is, over its own environment as that is', async () => {
    const variables = unique(fc.record({ name, value }));
    const own = unique(fc.record({ name, value: text }));
    const property = fc.asyncProperty(variables, own, async (delivered, present) => {
      const container = new Container();
      container.deliver(delivery('uid/1', ...delivered.map((one) => env(one.name, one.value))));
      const run = container.exec(printing(container), Object.fromEntries(present.map((one) => [one.name, one.value])));
      expect(await run.ended()).toBe(0);
      const expected = new Map(present.map((one) => [one.name, latin1(Buffer.from(one.value))]));
      for (const one of delivered) expected.set(one.name, latin1(one.value));
      expect(environment(run)).toEqual(expected);
      container.remove();
    });
    await fc.assert(property, { numRuns: 40 });
  });

  it('writes every file as it is, with its mode', async () => {
    const property = fc.asyncProperty(unique(fc.record({ name: fileName, mode, content })), async (files) => {
      const container = new Container();
      const lines = files.map((one) => `file ${one.mode} ${one.name} ${encoded(one.content)}`);
      container.deliver(delivery('uid/1', ...lines));
      expect(await container.exec(container.shell('exit')).ended()).toBe(0);
      const written = readdirSync(container.files).map((one) => {
        const path = `${container.files}/${one}`;
        return [one, statSync(path).mode & 0o7777, latin1(readFileSync(path))] as const;
      });
      expect(new Map(written.map(([one, ...rest]) => [one, rest]))).toEqual(
        new Map(files.map((one) => [one.name, [Number.parseInt(one.mode, 8), latin1(one.content)]])),
      );
      container.remove();
    });
    await fc.assert(property, { numRuns: 40 });
  });

  it("reads what the operator writes for a claim's item", async () => {
    const item = fc.record({
      env: unique(fc.record({ name, value })),
      files: unique(fc.record({ name: fileName, content })),
    });
    const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
    const property = fc.asyncProperty(item, async ({ env: variables, files }) => {
      const container = new Container();
      const delivered = {
        env: variables.map((one) => ({ name: one.name, valueBase64: base64(one.value) })),
        files: files.map((one) => ({ name: one.name, contentBase64: base64(one.content) })),
      };
      const nothing = { size: { limits: {} }, secretPath: undefined, expiresAt: undefined };
      const slot = { index: 7, itemName: 'job' };
      container.deliver(latchText({ claimUid: 'uid', slot, item: delivered, ...nothing }));
      const run = container.exec(printing(container));
      expect(await run.ended()).toBe(0);
      expect(environment(run)).toEqual(new Map(variables.map((one) => [one.name, latin1(one.value)])));
      for (const one of files) expect(latin1(readFileSync(`${container.files}/${one.name}`))).toBe(latin1(one.content));
      const own = ['claim-uid', 'index', 'item'].map((one) => readFileSync(`${container.files}/${one}`, 'utf8'));
      expect(own).toEqual(['uid', '7', 'job']);
      container.remove();
    });
    await fc.assert(property, { numRuns: 40 });
  });

  it('takes 256 variables, values of 64 KiB, and 200 KiB in all', async () => {
    const container = new Container();
    const small = Array.from({ length: 254 }, (_, index) => [`V${index}`, `${index}`.repeat(100)] as const);
    const large = [
      ['LARGE', 'l'.repeat(65_536)],
      ['BYTES', '\\'.repeat(32_768)],
    ] as const;
    const all = [...small, ...large];
    container.deliver(delivery('uid/1', ...all.map(([key, one]) => env(key, one))));
    const run = container.exec(printing(container));
    expect(await run.ended()).toBe(0);
    expect(environment(run)).toEqual(new Map(all));
  });
});
