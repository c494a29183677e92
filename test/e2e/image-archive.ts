/** Images from files, where nothing can be pulled or built: one layer, in the archive format that runtimes import. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * Writes the archive of an image named `name` into `folder`, and returns its path.
 * @param files the folder that is the image's root, owned by root in the image
 * @param config how it runs, in the image format's own words
 */
export async function imageArchive(folder: string, files: string, name: string, config: object): Promise<string> {
  const layer = join(folder, 'layer.tar');
  await run('tar', ['-C', files, '--owner=0', '--group=0', '-cf', layer, '.']);
  const digest = createHash('sha256');
  await pipeline(createReadStream(layer), digest);
  const description = {
    architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
    os: 'linux',
    config,
    rootfs: { type: 'layers', diff_ids: [`sha256:${digest.digest('hex')}`] },
    history: [{ created: '2026-01-01T00:00:00Z' }],
  };
  writeFileSync(join(folder, 'config.json'), JSON.stringify(description));
  const manifest = [{ Config: 'config.json', RepoTags: [name], Layers: ['layer.tar'] }];
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest));
  const archive = join(folder, 'image.tar');
  await run('tar', ['-C', folder, '-cf', archive, 'manifest.json', 'config.json', 'layer.tar']);
  return archive;
}
