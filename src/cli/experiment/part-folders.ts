import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isRunFolder } from '../../simulation/index.js';
import { CodedError, exitCodes } from '../../support/errors.js';

/**
 * The folders of parts among these: those of runs as they are, of others the runs in them, but for `out`.
 * @throws CodedError `PARTS_MISSING` for a folder without a run
 */
export function partFolders(folders: readonly string[], out: string): readonly string[] {
  return folders.flatMap((folder) => {
    if (isRunFolder(folder)) return [folder];
    const within = existsSync(folder)
      ? readdirSync(folder)
          .toSorted()
          .map((name) => join(folder, name))
          .filter((path) => path !== join(out) && isRunFolder(path))
      : [];
    if (within.length > 0) return within;
    throw new CodedError(
      'PARTS_MISSING',
      `${folder} holds no part of a run`,
      'a part is the folder that --out named when it ran with --shard',
      exitCodes.notFound,
    );
  });
}
