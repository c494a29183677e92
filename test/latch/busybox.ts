import { execFileSync } from 'node:child_process';

/** The busybox that the suites run the latch with: PENSTOCK_BUSYBOX, or the one on the PATH; static, as in a container. */
export const busybox = find();

export const hasInotifyd = busybox !== undefined && applets(busybox).includes('inotifyd');

/** For `describe.skipIf`: the suites say once why they are skipped. Where nothing may be skipped they fail instead. */
export const noBusybox = busybox === undefined && process.env.PENSTOCK_REQUIRE_CONTROL_PLANE !== '1';
if (noBusybox) console.warn('the latch is not run: there is no busybox; install one or set PENSTOCK_BUSYBOX');

function find(): string | undefined {
  if (process.env.PENSTOCK_BUSYBOX) return process.env.PENSTOCK_BUSYBOX;
  try {
    return execFileSync('sh', ['-c', 'command -v busybox'], { encoding: 'utf8' }).trim();
  } catch {
    return undefined;
  }
}

function applets(path: string): readonly string[] {
  return execFileSync(path, ['--list'], { encoding: 'utf8' }).split('\n');
}
