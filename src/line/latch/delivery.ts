import { isUtf8 } from 'node:buffer';
import { bytesOf, ownFiles } from '../../api/configuration.js';
import type { ClaimItem } from '../../api/container-claim.js';
import { milliValue, value } from '../../support/quantity.js';
import { type Instant, second } from '../../support/time.js';
import type { Resources } from '../stages/resize/resources.js';
import type { Slot } from '../work.js';

/**
 * What the latch is told, as the text that it reads: one line for each thing, parsed by a shell that must not run any of
 * it. `docs/reference/latch.md` describes the format.
 */

export interface LatchDelivery {
  readonly claimUid: string;
  readonly slot: Pick<Slot, 'index' | 'itemName'>;
  readonly item: Pick<ClaimItem, 'env' | 'files' | 'resources' | 'secret'>;
  /** The size that the container will have. */
  readonly size: Pick<Resources, 'limits'>;
  /** Where the container finds its Secret. */
  readonly secretPath: string | undefined;
  /** How often the latch must have started: what has another image begins in that, not in what it had. */
  readonly starts?: number | undefined;
  /** When the latch itself is to end the program. */
  readonly expiresAt: Instant | undefined;
}

const defaultMode = '0644';
/** The kubelet's `cpu.cfs_period_us`, and the least quota that the kernel takes within it. */
const cfsPeriod = 100_000;
const leastQuota = 1_000;

/**
 * Tells one delivery from another: no container serves one claim twice, and the containers of one claim are told apart by
 * their numbers, as each has its own item's Secret.
 */
export function deliveryToken(claimUid: string, { index }: Pick<Slot, 'index'>): string {
  return `${claimUid}/${index}`;
}

export function latchText({ claimUid, slot, item, size, secretPath, starts, expiresAt }: LatchDelivery): string {
  const { env = [], files = [] } = item;
  const own = { [ownFiles.claimUid]: claimUid, [ownFiles.index]: slot.index, [ownFiles.item]: slot.itemName };
  return [
    'penstock 1',
    `delivery ${deliveryToken(claimUid, slot)}`,
    ...(item.resources ? promised(size) : []),
    ...(secretPath === undefined ? [] : [`${item.secret ? 'secret' : 'no-secret'} ${secretPath}`]),
    ...(starts === undefined ? [] : [`starts ${starts}`]),
    ...(expiresAt === undefined ? [] : [`expires ${Math.ceil(expiresAt / second)}`]),
    ...Object.entries(own).map(([name, content]) => `file 0444 ${name} ${content}`),
    ...env.map(({ name, value, valueBase64 }) => `env ${name}=${escaped(bytesOf(value, valueBase64))}`),
    ...files.map(
      ({ name, mode = defaultMode, content, contentBase64 }) =>
        `file ${mode.padStart(4, '0')} ${name} ${escaped(bytesOf(content, contentBase64))}`,
    ),
    'end',
    '',
  ].join('\n');
}

/** The bytes of annotations that an item takes with a latch: the text, and the item's own. */
export function latchBytes(item: ClaimItem): number {
  const nothing = { claimUid: '', slot: { index: 0, itemName: '' }, size: { limits: {} } };
  const text = latchText({ ...nothing, item, secretPath: undefined, expiresAt: undefined });
  const own = Object.entries(item.annotations ?? {}).flat();
  return [text, ...own].reduce((bytes, part) => bytes + Buffer.byteLength(part), 0);
}

/** What the cgroup will show: limits only, as requests become weights that runtimes convert in their own ways. */
function promised({ limits }: Pick<Resources, 'limits'>): readonly string[] {
  const { cpu, memory } = limits;
  return [
    ...(cpu === undefined ? [] : [`cpu ${Math.max(leastQuota, (Math.ceil(milliValue(cpu)) * cfsPeriod) / 1000)}`]),
    ...(memory === undefined ? [] : [`memory ${Math.ceil(value(memory))}`]),
  ];
}

const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\0': '\\0000' };

/** One line of text for any bytes: what is not UTF-8 goes byte by byte. `printf %b` is the inverse. */
function escaped(bytes: Buffer): string {
  // oxlint-disable-next-line no-control-regex
  if (isUtf8(bytes)) return bytes.toString().replace(/[\\\n\r\0]/g, (character) => escapes[character] ?? '');
  return (
    bytes
      .toString('latin1')
      // oxlint-disable-next-line no-control-regex
      .replace(
        /[\\\n\r\0\x80-\xff]/g,
        (byte) => escapes[byte] ?? `\\0${byte.charCodeAt(0).toString(8).padStart(3, '0')}`,
      )
  );
}
