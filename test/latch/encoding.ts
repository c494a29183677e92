/** The delivery format's coding of values, written from docs/reference/latch.md and apart from the operator's own. */
export function encoded(value: string | Uint8Array): string {
  const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value;
  let text = '';
  for (let at = 0; at < bytes.length; ) {
    const character = characterAt(bytes, at);
    text += character === undefined ? `\\0${(bytes[at] ?? 0).toString(8).padStart(3, '0')}` : escaped(character);
    at += character === undefined ? 1 : new TextEncoder().encode(character).length;
  }
  return text;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function characterAt(bytes: Uint8Array, at: number): string | undefined {
  if (bytes[at] === 0) return undefined;
  for (let length = 1; length <= 4; length++)
    try {
      return utf8.decode(bytes.subarray(at, at + length));
    } catch {
      // not a whole character yet, or none
    }
  return undefined;
}

function escaped(character: string): string {
  return { '\\': '\\\\', '\n': '\\n', '\r': '\\r' }[character] ?? character;
}

/** A delivery's text. */
export function delivery(token: string, ...lines: readonly string[]): string {
  return ['penstock 1', `delivery ${token}`, ...lines, 'end'].join('\n');
}

export const env = (name: string, value: string | Uint8Array) => `env ${name}=${encoded(value)}`;
