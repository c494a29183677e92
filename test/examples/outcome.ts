/** What came of an example, in terms that are the same on every cluster. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ownFiles } from '../../src/api/configuration.js';
import { annotations } from '../../src/api/names.js';
import type { Container, Penstock } from '../../src/client/library.js';
import { PenstockError } from '../../src/client/library.js';

const folder = fileURLToPath(new URL('../../examples', import.meta.url));

/** The examples that are manifests: their names, and where they are. */
export const manifests: readonly (readonly [name: string, path: string])[] = readdirSync(folder)
  .filter((name) => name.endsWith('.yaml'))
  .sort()
  .map((name) => [name, `${folder}/${name}`] as const);

export const textOf = (path: string): string => readFileSync(path, 'utf8');

export interface Outcome {
  /** The code of what its wait threw, or how it stands. */
  readonly end: string;
  readonly containers: readonly object[];
}

/** Waits for all claims of a namespace, and tells what each came to. */
export async function outcomesOf(penstock: Penstock): Promise<Readonly<Record<string, Outcome>>> {
  const outcomes = (await penstock.claims()).map(async (claim) => {
    const end = await claim.waitUntilReady().then(
      ({ stage, delivered, desired }) => `${stage}, ${delivered} of ${desired}`,
      (error: unknown) => {
        if (error instanceof PenstockError) return error.code;
        throw error;
      },
    );
    return [claim.name, { end, containers: (await claim.containers()).map(told) }] as const;
  });
  return Object.fromEntries(await Promise.all(outcomes));
}

/** Without what differs from run to run: names, nodes, addresses, times, ids. */
function told({ item, index, ready, ports, pod: { metadata, spec } }: Container): object {
  const notes = metadata.annotations ?? {};
  return {
    item,
    index,
    ready,
    ports,
    labels: Object.fromEntries(
      Object.entries(metadata.labels ?? {}).filter(([name]) => name !== 'penstock.dev/template'),
    ),
    env: notes[annotations.env],
    files: Object.entries(notes).filter(([name]) => name.startsWith('file.penstock.dev/')),
    latch: notes[annotations.latch]
      ?.split('\n')
      .filter((line) => /^(env|file|cpu|memory) /.test(line) && !line.includes(` ${ownFiles.claimUid} `)),
    lifetime: spec?.activeDeadlineSeconds !== undefined,
    image: spec?.containers[0]?.image,
    resources: spec?.containers[0]?.resources,
    command: spec?.containers[0]?.command?.slice(-3),
  };
}

/** How the claims of each example end; of those that are not here there are none. */
export const ends: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '01-pool-and-claim.yaml': { first: 'ready, 2 of 2' },
  '02-batch-of-different-items.yaml': { batch: 'ready, 6 of 6' },
  '03-environment-of-the-process.yaml': { greeting: 'ready, 1 of 1' },
  '05-secret-with-the-delivery.yaml': { 'logged-in': 'ready, 2 of 2' },
  '06-back-to-its-tenant.yaml': { 'blue-1': 'ready, 2 of 2' },
  '07-when-the-stock-is-empty.yaml': {
    'starts-cold': 'ready, 2 of 2',
    'fails-at-once': 'CLAIM_FAILED',
    'gives-up': 'CLAIM_TIMED_OUT',
  },
  '08-autoscaled-pool.yaml': { job: 'ready, 4 of 4' },
  '09-shared-pools.yaml': {
    'best-of-both': 'ready, 2 of 2',
    'by-shape': 'ready, 1 of 1',
    'over-its-limit': 'ready, 1 of 2',
  },
  '10-migrate.yaml': { borrower: 'ready, 2 of 2' },
  '11-production-line.yaml': { checked: 'ready, 2 of 2' },
  '12-image-per-item.yaml': { 'two-versions': 'ready, 2 of 2' },
};

export const endsOf = (outcomes: Readonly<Record<string, Outcome>>) =>
  Object.fromEntries(Object.entries(outcomes).map(([claim, { end }]) => [claim, end]));
