/** Latched containers of an image that has no shell, and what their program found when it started. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ContainerPool, ContainerPoolSpec } from '../../src/api/container-pool.js';
import { type Container, Pod } from '../../src/api/kubernetes.js';
import { latch } from '../../src/api/latch.js';
import type { Draft } from '../../src/api/meta/resource.js';
import type { Instant } from '../../src/support/time.js';
import { aPool } from '../objects.js';
import { image, supplied } from './environment.js';
import { imageArchive } from './image-archive.js';
import type { Place } from './place.js';

/** An image whose only file is a busybox under another name: no sh, no env, no libraries. */
const shellLess = 'penstock.test/shell-less:1';
export const program = '/app/busybox-app';

/** What Pod Security's restricted profile asks of a container, and a read-only root besides. */
export const restricted: NonNullable<Container['securityContext']> = {
  runAsUser: 10_001,
  runAsNonRoot: true,
  readOnlyRootFilesystem: true,
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  seccompProfile: { type: 'RuntimeDefault' },
};

/** Another one, which differs by one more file. */
export const other = { image: 'penstock.test/other:1', mark: '/app/other' } as const;

/** Makes the images known to the nodes. Their busybox is that of the suites' own image. */
export async function provideShellLessImage(place: Place, folder: string): Promise<void> {
  const { cluster, namespace } = place;
  const ref = { namespace, name: 'source-of-busybox' };
  const command = ['/bin/busybox', 'sleep', '3600'];
  await cluster.create(Pod, {
    metadata: ref,
    spec: { containers: [{ name: 'main', image, command, securityContext: restricted }] },
  });
  await place.kubectl('wait', '--for=condition=Ready', `pod/${ref.name}`, '--timeout=180s');
  const encoded = await place.kubectl('exec', ref.name, '--', '/bin/busybox', 'base64', '/bin/busybox');
  await cluster.remove(Pod, ref, { gracePeriodSeconds: 0 });
  const files = join(folder, 'rootfs');
  mkdirSync(join(files, 'app'), { recursive: true });
  writeFileSync(join(files, program), Buffer.from(encoded, 'base64'), { mode: 0o755 });
  await supplied('importImage', [await imageArchive(folder, files, shellLess, {})]);
  writeFileSync(join(files, other.mark), '');
  await supplied('importImage', [await imageArchive(folder, files, other.image, {})]);
}

export const folders = { files: '/etc/penstock', secret: '/run/secret', work: '/work', shm: '/dev/shm' } as const;

/** Tells what it finds, a line for each thing, and goes on with `next`. */
const reporting = (next: string) =>
  [
    `B=${program}`,
    'echo "environ $($B base64 /proc/$$/environ | $B tr -d "\\n")"',
    `for d in ${Object.values(folders).join(' ')}; do for f in $d/* $d/.[!.]*; do`,
    '[ ! -f "$f" ] || echo "file $f $($B stat -L -c %a "$f") $($B base64 "$f" | $B tr -d "\\n")"; done; done',
    'c=/sys/fs/cgroup',
    'if [ -e $c/cpu.max ]; then echo "cpu $($B cat $c/cpu.max)"',
    'else echo "cpu $($B cat $c/cpu/cpu.cfs_quota_us) $($B cat $c/cpu/cpu.cfs_period_us)"; fi',
    'if [ -e $c/memory.max ]; then echo "memory $($B cat $c/memory.max)"',
    'else echo "memory $($B cat $c/memory/memory.limit_in_bytes)"; fi',
    `echo up; ${next}`,
  ].join('\n');

type Latch = ContainerPool['spec']['latch'];

/** A pool of such containers, whose program tells what it found when it started. */
export function aLatchedPool(
  { namespace }: Pick<Place, 'namespace'>,
  name: string,
  spec: Partial<Omit<ContainerPoolSpec, 'template' | 'latch'>> & { readonly latch: Partial<Latch> },
  { next = `exec ${program} sleep 3600`, ...container }: Partial<Container> & { readonly next?: string } = {},
): Draft<ContainerPool> {
  const main: Container = {
    name: 'main',
    image: shellLess,
    imagePullPolicy: 'Never',
    command: [program, 'sh', '-c', reporting(next)],
    resources: { requests: { cpu: '5m', memory: '16Mi' }, limits: { cpu: '200m', memory: '32Mi' } },
    securityContext: restricted,
    volumeMounts: [{ name: 'work', mountPath: folders.work }],
    ...container,
  };
  const configuration = { mountPath: folders.files, files: [], secretPath: folders.secret };
  return {
    metadata: { namespace, name },
    spec: {
      ...aPool({ configuration, ...spec, latch: latch.parse({ image, ...spec.latch }) }).spec,
      template: {
        spec: {
          containers: [main],
          volumes: [{ name: 'work', emptyDir: {} }],
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          terminationGracePeriodSeconds: 1,
        },
      },
    },
  };
}

/** What a program found when it started. */
export interface Report {
  readonly pod: string;
  readonly at: Instant;
  /** As it stands in the process, by name; not necessarily text. */
  readonly env: ReadonlyMap<string, Buffer>;
  readonly files: ReadonlyMap<string, { readonly mode: string; readonly content: Buffer }>;
  /** Cores and bytes, as the cgroup says. */
  readonly limits: { readonly cpu: number; readonly memory: number };
}

/** What the programs of these pods told, each time that one started, in the order of their containers' logs. */
export async function reportsOf(place: Place, selector: string): Promise<readonly Report[]> {
  const flags = ['--prefix', '--timestamps', '--tail=-1', '--max-log-requests=100'];
  const lines = (await place.kubectl('logs', '--selector', selector, ...flags)).split('\n');
  const told = new Map<string, string[]>();
  const reports: Report[] = [];
  for (const line of lines) {
    const [, pod = '', text = ''] = /^\[pod\/([^/]+)\/[^\]]+\] (.*)$/.exec(line) ?? [];
    const said = [...(told.get(pod) ?? []), text];
    const whole = text.endsWith(' up');
    told.set(pod, whole ? [] : said);
    if (whole) reports.push(reportIn(pod, said));
  }
  return reports;
}

function reportIn(pod: string, lines: readonly string[]): Report {
  const env = new Map<string, Buffer>();
  const files = new Map<string, { mode: string; content: Buffer }>();
  const limits = { cpu: Infinity, memory: Infinity };
  for (const line of lines) {
    const [, what, ...words] = line.split(' ');
    if (what === 'environ') for (const [name, value] of variables(words[0] ?? '')) env.set(name, value);
    if (what === 'file') files.set(words[0] ?? '', { mode: words[1] ?? '', content: decoded(words[2]) });
    if (what === 'cpu') limits.cpu = Number(words[0]) / Number(words[1]);
    if (what === 'memory') limits.memory = Number(words[0]);
  }
  return { pod, at: Date.parse(lines[0]?.split(' ')[0] ?? ''), env, files, limits };
}

const decoded = (text = '') => Buffer.from(text, 'base64');

/** `latin1` keeps every byte apart. */
function variables(environ: string): readonly (readonly [string, Buffer])[] {
  const entries = decoded(environ)
    .toString('latin1')
    .split('\0')
    .filter((entry) => entry !== '');
  return entries.map((entry) => {
    const equals = entry.indexOf('=');
    return [entry.slice(0, equals), Buffer.from(entry.slice(equals + 1), 'latin1')] as const;
  });
}

/** Runs a line in a container whose own image has no shell, by the latch's busybox; `b` is that. */
export function inLatched(place: Place, { metadata, spec }: Pod, line: string): Promise<string> {
  const busybox = '/.penstock/bin/busybox';
  const container = spec?.containers[0]?.name ?? '';
  return place.kubectl('exec', metadata.name, '-c', container, '--', busybox, 'sh', '-c', `b=${busybox}; ${line}`);
}
