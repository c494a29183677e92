/** The files of a trace: those of a folder, of an archive, or one alone. Gzip and tar are recognised by their content. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parseTar } from 'nanotar';
import { CodedError, exitCodes, messageOf } from '../../support/errors.js';
import { malformed } from './malformed.js';

export interface TraceFile {
  /** Below the folder or within the archive. */
  readonly name: string;
  /** The folder that it is in, `''` at the top. */
  readonly folder: string;
  readonly content: Uint8Array;
}

export interface TraceFiles {
  /** As it was named. */
  readonly path: string;
  /** In byte order of their names, as `LC_ALL=C` sorts them. */
  readonly files: readonly TraceFile[];
}

/** An archive of this size and more is no trace; unpacking it might take all memory. */
const largestArchive = 2 ** 30;

/** @throws CodedError `TRACE_MISSING`, `MALFORMED_TRACE` */
export function readTraceFiles(path: string): TraceFiles {
  try {
    if (statSync(path).isDirectory()) return { path, files: inOrder(filesBelow(path, '')) };
    const content = unzipped(path, readFileSync(path));
    const archived = entriesOf(path, content);
    return { path, files: archived ?? [{ name: basename(path), folder: '', content }] };
  } catch (error) {
    if (error instanceof CodedError) throw error;
    throw new CodedError(
      'TRACE_MISSING',
      `the trace ${path} cannot be read: ${messageOf(error)}`,
      'name a file or folder; the formats are in docs/reference/traces.md',
      exitCodes.notFound,
      { cause: error },
    );
  }
}

function filesBelow(root: string, folder: string): readonly TraceFile[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    if (entry.name.startsWith('.')) return [];
    // one level: days of PlanetLab
    if (entry.isDirectory()) return folder === '' ? filesBelow(root, entry.name) : [];
    if (!entry.isFile()) return [];
    return [{ name: entry.name, folder, content: readFileSync(join(root, folder, entry.name)) }];
  });
}

function unzipped(path: string, content: Buffer): Uint8Array {
  if (content[0] !== 0x1f || content[1] !== 0x8b) return content;
  try {
    return gunzipSync(content, { maxOutputLength: largestArchive });
  } catch (error) {
    throw malformed({ file: path }, `it begins as a gzip file and cannot be unpacked: ${messageOf(error)}`);
  }
}

const magicAt = 257;

function entriesOf(path: string, content: Uint8Array): readonly TraceFile[] | undefined {
  const magic = new TextDecoder('latin1').decode(content.subarray(magicAt, magicAt + 5));
  if (magic !== 'ustar') return undefined;
  const entries = parseTar(content).flatMap(({ name, data, type }): readonly TraceFile[] => {
    if (!data || type === 'directory' || name.endsWith('/')) return [];
    const parts = name.split('/').filter((part) => part !== '' && part !== '.' && part !== '..');
    const last = parts.at(-1);
    if (last === undefined || last.startsWith('.')) return [];
    return [{ name: last, folder: parts.at(-2) ?? '', content: data }];
  });
  if (entries.length === 0) throw malformed({ file: path }, 'the archive holds no files');
  return inOrder(entries);
}

function inOrder(files: readonly TraceFile[]): readonly TraceFile[] {
  const bytes = (file: TraceFile) => Buffer.from(`${file.folder}/${file.name}`);
  return files
    .map((file) => ({ file, key: bytes(file) }))
    .sort((a, b) => Buffer.compare(a.key, b.key))
    .map(({ file }) => file);
}

export const textOf = ({ content }: TraceFile): string => new TextDecoder().decode(content);
