/** PNG with a palette (W3C Portable Network Graphics, third edition): enough for heat maps, without a package. */
import { crc32, deflateSync } from 'node:zlib';

export type Color = readonly [red: number, green: number, blue: number];

/**
 * @param pixels a palette's index for each, row by row from the top
 * @param palette at most 256 colours
 * @param transparent index of the one that nothing is drawn for
 */
export function png(
  { width, height }: { readonly width: number; readonly height: number },
  pixels: Uint8Array,
  palette: readonly Color[],
  transparent?: number,
): Uint8Array {
  if (pixels.length !== width * height) throw new Error(`${width} × ${height} pixels are not ${pixels.length}`);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  // 8 bits for each pixel, which are indices of a palette; the rest is zero: deflate, the only filtering, not interlaced
  header.set([8, 3], 8);
  const lines = Buffer.alloc((width + 1) * height);
  // each line begins with its filter: none
  for (let y = 0; y < height; y++) lines.set(pixels.subarray(y * width, (y + 1) * width), y * (width + 1) + 1);
  const alpha = palette.map((_, index) => (index === transparent ? 0 : 255));
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('PLTE', Buffer.from(palette.flat())),
    ...(transparent === undefined ? [] : [chunk('tRNS', Buffer.from(alpha))]),
    chunk('IDAT', deflateSync(lines, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  framed.set(body, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}
