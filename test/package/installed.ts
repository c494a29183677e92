/** The package as its users have it: packed by npm, unpacked into an empty project. */
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));
const compiler = join(root, 'node_modules/typescript/bin/tsc');

interface Manifest {
  readonly files: readonly string[];
  readonly dependencies: Readonly<Record<string, string>>;
}

/** Packages of the project that programs in TypeScript have beside this one. */
const typings = ['@types/node', 'undici-types'];

export class Project {
  private constructor(private readonly folder: string) {}

  /** Builds and packs in a folder of its own, so that no other test finds a half-built one. */
  static async create(): Promise<Project> {
    const folder = mkdtempSync(join(tmpdir(), 'penstock-package-'));
    const project = new Project(folder);
    try {
      const staged = join(folder, 'staged');
      mkdirSync(staged);
      const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest;
      // as `npm run build` does, but for the checks
      const dist = join(staged, 'dist');
      await run(process.execPath, ['bundle.js', dist], { cwd: root });
      const types = [compiler, '-p', 'tsconfig.build.json', '--noCheck', '--outDir', dist];
      await run(process.execPath, types, { cwd: root });
      for (const file of ['package.json', ...manifest.files.filter((name) => name !== 'dist')]) {
        cpSync(join(root, file), join(staged, file), { recursive: true });
      }
      await run('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], { cwd: staged });
      await project.#install(manifest);
      return project;
    } catch (error) {
      project.remove();
      throw error;
    }
  }

  /** Where it is installed. */
  get package(): string {
    return this.path('node_modules/penstock');
  }

  path(name: string): string {
    return join(this.folder, 'project', name);
  }

  write(name: string, text: string): void {
    writeFileSync(this.path(name), text);
  }

  async node(...args: readonly string[]): Promise<string> {
    return (await run(process.execPath, args, { cwd: this.path('.') })).stdout;
  }

  /** Compiles, as strictly as can be, also what the package declares. Throws with what the compiler says. */
  async compile(...args: readonly string[]): Promise<void> {
    const strict = ['--strict', '--exactOptionalPropertyTypes', '--module', 'NodeNext', '--target', 'ES2022'];
    try {
      await this.node(compiler, ...strict, '--lib', 'ES2022', '--types', 'node', ...args);
    } catch (error) {
      throw error instanceof Error && 'stdout' in error ? new Error(String(error.stdout), { cause: error }) : error;
    }
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** What `npm install penstock.tgz` does, without a registry: the dependencies are those of the project. */
  async #install({ dependencies }: Manifest): Promise<void> {
    mkdirSync(this.package, { recursive: true });
    this.write('package.json', JSON.stringify({ name: 'project', type: 'module' }));
    const archive = readdirSync(this.folder).find((name) => name.endsWith('.tgz')) ?? '';
    await run('tar', ['-xzf', join(this.folder, archive), '--strip-components=1', '-C', this.package]);
    for (const name of [...Object.keys(dependencies), ...typings]) {
      const link = this.path(`node_modules/${name}`);
      mkdirSync(dirname(link), { recursive: true });
      symlinkSync(join(root, 'node_modules', name), link);
    }
  }
}
