import { readFileSync } from 'node:fs';
import type { Definition } from '../api/definition.js';
import { printed, readManifest } from '../api/manifest.js';
import type { Draft, Resource } from '../api/meta/resource.js';
import { CodedError, exitCodes, messageOf } from '../support/errors.js';
import type { Io } from './io.js';
import { Misprints } from './misprints.js';

/**
 * The objects of one kind in a file, in `namespace`. Throws Misprints with everything that is wrong, so that nothing is
 * sent of a file that is not right as a whole.
 */
export async function readObjects(
  io: Pick<Io, 'stdin'>,
  file: string,
  definition: Definition,
  namespace: string,
  asked: string | undefined,
): Promise<readonly Draft<Resource>[]> {
  const name = file === '-' ? 'standard input' : file;
  const { objects, misprints } = readManifest(file === '-' ? await io.stdin() : textOf(file));
  if (misprints.length > 0) throw new Misprints(misprints.map((misprint) => printed(name, misprint)));
  if (objects.length === 0) throw new Misprints([`${name}: holds no object; write a ${definition.kind.name} into it`]);
  const wrong = objects.flatMap(({ definition: found, object, line }) => {
    if (found !== definition) {
      return `${name}:${line}: is a ${found.kind.name}; this command takes a ${definition.kind.name}`;
    }
    const { namespace: stated } = object.metadata;
    return asked === undefined || stated === undefined || stated === asked
      ? []
      : `${name}:${line}: is for namespace ${stated}, not for ${asked}; leave out --namespace`;
  });
  if (wrong.length > 0) throw new Misprints(wrong);
  return objects.map(({ object }) => ({ ...object, metadata: { namespace, ...object.metadata } }));
}

/** Reads a text file. Throws CodedError FILE_UNREADABLE. */
export function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new CodedError(
      'FILE_UNREADABLE',
      `${file} cannot be read: ${messageOf(cause)}`,
      undefined,
      exitCodes.notFound,
      {
        cause,
      },
    );
  }
}
