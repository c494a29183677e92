import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface InstalledSize {
  /** Of the package itself, as npm packs it, in bytes. */
  readonly own: number;
  /** Of each package that it needs to run, by its name. */
  readonly dependencies: ReadonlyMap<string, number>;
}

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** A file takes whole blocks. */
const block = 4096;
const onDisk = (bytes: number) => Math.ceil(bytes / block) * block;

/** What an installation takes on disk, read off the packages of this project: no registry is asked. */
export function installedSize(root: string): InstalledSize {
  const packed: readonly { readonly files: readonly { readonly size: number }[] }[] = JSON.parse(
    execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: root, encoding: 'utf8' }),
  );
  const own = packed.flatMap(({ files }) => files).reduce((sum, { size }) => sum + onDisk(size), 0);
  const dependencies = new Map<string, number>();
  const visit = (folder: string) => {
    for (const name of neededBy(folder)) {
      const found = resolvePackage(name, folder);
      // one for another platform is not installed
      if (found === undefined || dependencies.has(found)) continue;
      dependencies.set(found, sizeOf(found));
      visit(found);
    }
  };
  visit(root);
  const nameOf = (folder: string) => folder.slice(folder.lastIndexOf('node_modules/') + 'node_modules/'.length);
  return { own, dependencies: new Map([...dependencies].map(([folder, bytes]) => [nameOf(folder), bytes])) };
}

function neededBy(folder: string): readonly string[] {
  const manifest: Manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies });
}

/** As Node.js looks for it: in the folder's own packages, then in those around it. */
function resolvePackage(name: string, from: string): string | undefined {
  const candidate = join(from, 'node_modules', name);
  if (existsSync(candidate)) return candidate;
  return dirname(from) === from ? undefined : resolvePackage(name, dirname(from));
}

function sizeOf(folder: string): number {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => name !== 'node_modules')
    .reduce((sum, entry) => {
      const path = join(folder, entry.name);
      return sum + (entry.isDirectory() ? sizeOf(path) : onDisk(statSync(path).size));
    }, 0);
}
