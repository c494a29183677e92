/** The file of a snapshot: JSON lines, compressed. Written whole or not at all, read line by line. */
import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { finished } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { CodedError, exitCodes, messageOf } from '../../support/errors.js';
import { formatVersion, type Header, header, line, type SnapshotLine } from './record.js';
import type { WriteLine } from './take-snapshot.js';

/**
 * Writes a snapshot beside the file, and puts it in its place when all is there: what fails on the way leaves what was there before.
 * @throws CodedError `SNAPSHOT_UNWRITABLE`; whatever `work` throws
 */
export async function writeSnapshotFile<T>(path: string, work: (write: WriteLine) => Promise<T>): Promise<T> {
  const part = `${path}.part`;
  const gzip = createGzip();
  const file = createWriteStream(part);
  const written = finished(gzip.pipe(file));
  let failure: unknown;
  // heard at once: the stream may fail long before the end is waited for
  written.catch((error: unknown) => (failure = error));
  const write: WriteLine = async (one) => {
    if (failure !== undefined) throw unwritable(path, failure);
    if (!gzip.write(`${JSON.stringify(one)}\n`)) await Promise.race([once(gzip, 'drain'), written]);
  };
  try {
    const result = await work(write);
    gzip.end();
    await written.catch((error: unknown) => {
      throw unwritable(path, error);
    });
    await rename(part, path);
    return result;
  } catch (error) {
    const cause = failure !== undefined && !(error instanceof CodedError) ? unwritable(path, failure) : error;
    gzip.destroy();
    file.destroy();
    await rm(part, { force: true });
    throw cause;
  }
}

const unwritable = (path: string, error: unknown): CodedError =>
  new CodedError(
    'SNAPSHOT_UNWRITABLE',
    `the snapshot ${path} cannot be written: ${messageOf(error)}`,
    'name another file with -o',
    exitCodes.failed,
    { cause: error },
  );

export interface SnapshotFile {
  readonly header: Header;
  /** Ends with the end line. @throws CodedError as `openSnapshot` */
  readonly lines: AsyncIterable<SnapshotLine>;
}

/**
 * Opens a snapshot to be read once.
 * @throws CodedError `SNAPSHOT_MISSING`, `NOT_A_SNAPSHOT`, `SNAPSHOT_TOO_NEW`; while it is read `SNAPSHOT_TRUNCATED`, `SNAPSHOT_MALFORMED`
 */
export async function openSnapshot(path: string): Promise<SnapshotFile> {
  await stat(path).catch((error: unknown) => {
    throw new CodedError(
      'SNAPSHOT_MISSING',
      `the snapshot ${path} cannot be read: ${messageOf(error)}`,
      hint,
      exitCodes.notFound,
    );
  });
  const lines = textLines(path);
  const first = await lines.next();
  const head = first.done === true ? undefined : headerOf(path, first.value);
  if (!head) throw foreign(path);
  return { header: head, lines: parsed(path, lines) };
}

const hint = 'penstock snapshot -o FILE makes one';

const foreign = (path: string): CodedError =>
  new CodedError('NOT_A_SNAPSHOT', `${path} is no snapshot of Penstock`, hint, exitCodes.invalid);

function headerOf(path: string, text: string): Header | undefined {
  const { data } = header.safeParse(json(text));
  if (!data || data.version <= formatVersion) return data;
  throw new CodedError(
    'SNAPSHOT_TOO_NEW',
    `the snapshot ${path} was made by Penstock ${data.program}, in version ${data.version} of the format; this program reads up to ${formatVersion}`,
    'use a newer Penstock',
    exitCodes.invalid,
  );
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function* textLines(path: string): AsyncGenerator<string, void> {
  const file = createReadStream(path);
  const gunzip = createGunzip();
  // what goes wrong with the file is said where lines are read
  file.on('error', (error) => gunzip.destroy(error));
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for await (const chunk of file.pipe(gunzip) as AsyncIterable<Uint8Array>) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
    }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    // the end is not there, as who parses the lines will see
    if (code === 'Z_BUF_ERROR') return;
    if (typeof code === 'string' && code.startsWith('Z_')) throw foreign(path);
    throw error;
  } finally {
    file.destroy();
  }
}

async function* parsed(path: string, lines: AsyncIterable<string>): AsyncIterable<SnapshotLine> {
  let number = 1;
  let isWhole = false;
  for await (const text of lines) {
    number++;
    const { data } = line.safeParse(json(text));
    if (!data)
      throw new CodedError(
        'SNAPSHOT_MALFORMED',
        `${path}, line ${number} once unpacked: it is none of a snapshot`,
        hint,
        exitCodes.invalid,
      );
    isWhole = 'end' in data;
    yield data;
  }
  if (!isWhole)
    throw new CodedError(
      'SNAPSHOT_TRUNCATED',
      `the snapshot ${path} is cut off after line ${number}`,
      'it was copied before it was whole: copy it again, or take another',
      exitCodes.invalid,
    );
}
