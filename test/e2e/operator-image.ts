/** The image of the operator where nothing can be pulled or built: the Containerfile's last stage, from this machine's files. */
import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { imageArchive } from './image-archive.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);

/**
 * Writes the archive of an image named `name` into `folder`, and returns its path. Needs `dist/` (npm run build) and
 * node_modules; what the Containerfile says of user, folder and entry point holds for it too.
 */
export async function operatorImage(folder: string, name: string): Promise<string> {
  const files = join(folder, 'rootfs');
  await layOut(files);
  return imageArchive(folder, files, name, lastStage(readFileSync(join(root, 'Containerfile'), 'utf8')));
}

/** What the last stage of a Containerfile says of how its image runs. Throws where a line is missing. */
export function lastStage(containerfile: string) {
  const stage = containerfile.slice(containerfile.lastIndexOf('\nFROM '));
  const value = (instruction: string): string => {
    const line = new RegExp(`^${instruction} (.*)$`, 'm').exec(stage)?.[1];
    if (line === undefined) throw new Error(`the last stage of the Containerfile has no ${instruction}`);
    return line;
  };
  const list = (instruction: string) => JSON.parse(value(instruction)) as readonly string[];
  return {
    User: value('USER'),
    WorkingDir: value('WORKDIR'),
    Env: ['PATH=/nodejs/bin', value('ENV')],
    Entrypoint: list('ENTRYPOINT'),
    Cmd: list('CMD'),
  };
}

async function layOut(files: string): Promise<void> {
  const put = (from: string, to: string) => {
    mkdirSync(dirname(join(files, to)), { recursive: true });
    cpSync(realpathSync(from), join(files, to), { recursive: true, dereference: true });
  };
  put(process.execPath, 'nodejs/bin/node');
  for (const library of await librariesOf(process.execPath)) put(library, library);
  put(join(root, 'package.json'), 'app/package.json');
  put(join(root, 'dist'), 'app/dist');
  for (const path of productionPackages()) put(join(root, path), join('app', path));
  mkdirSync(join(files, 'etc'));
  writeFileSync(join(files, 'etc/passwd'), 'nonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin\n');
}

/** The shared libraries that a program is linked with, by their absolute paths. */
async function librariesOf(program: string): Promise<readonly string[]> {
  const { stdout } = await run('ldd', [program]);
  return [...stdout.matchAll(/(?:=> )?(\/\S+) \(0x/g)].map(([, path = '']) => path);
}

interface Lock {
  readonly packages: Readonly<Record<string, { readonly dev?: boolean; readonly devOptional?: boolean }>>;
}

/** Packages below node_modules that are installed and not only for development; those within others come with them. */
function productionPackages(): readonly string[] {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as Lock;
  return Object.entries(packages)
    .filter(([path, { dev, devOptional }]) => /^node_modules\/(@[^/]+\/)?[^/]+$/.test(path) && !dev && !devOptional)
    .map(([path]) => path)
    .filter((path) => existsSync(join(root, path)));
}
