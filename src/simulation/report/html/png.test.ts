import { crc32, inflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { png } from './png.js';

/** The chunks of a file, as any reader of PNG takes it apart. */
function chunksOf(file: Buffer): ReadonlyMap<string, Buffer> {
  const chunks = new Map<string, Buffer>();
  for (let at = 8; at < file.length; ) {
    const length = file.readUInt32BE(at);
    const body = file.subarray(at + 4, at + 8 + length);
    expect(file.readUInt32BE(at + 8 + length)).toBe(crc32(body));
    chunks.set(body.toString('latin1', 0, 4), body.subarray(4));
    at += 12 + length;
  }
  return chunks;
}

test('a picture can be read again, pixel by pixel', () => {
  const pixels = Uint8Array.from([0, 1, 2, 2, 1, 0]);
  const file = Buffer.from(
    png(
      { width: 3, height: 2 },
      pixels,
      [
        [255, 0, 0],
        [0, 255, 0],
        [0, 0, 255],
      ],
      2,
    ),
  );
  expect(file.subarray(0, 8).toString('latin1')).toBe('\u0089PNG\r\n\u001a\n');
  const chunks = chunksOf(file);
  expect([...chunks.keys()]).toEqual(['IHDR', 'PLTE', 'tRNS', 'IDAT', 'IEND']);
  expect([...(chunks.get('IHDR') ?? [])]).toEqual([0, 0, 0, 3, 0, 0, 0, 2, 8, 3, 0, 0, 0]);
  expect([...(chunks.get('PLTE') ?? [])]).toEqual([255, 0, 0, 0, 255, 0, 0, 0, 255]);
  expect([...(chunks.get('tRNS') ?? [])]).toEqual([255, 255, 0]);
  // a zero before each line: it is not filtered
  expect([...inflateSync(chunks.get('IDAT') ?? Buffer.alloc(0))]).toEqual([0, 0, 1, 2, 0, 2, 1, 0]);
});

test('a picture needs as many pixels as its size says', () => {
  expect(() => png({ width: 2, height: 2 }, new Uint8Array(3), [])).toThrow('2 × 2 pixels are not 3');
});
