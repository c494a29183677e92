/** An experiment as an Indexed Job on real nodes: its parts put together are what one process makes of it. */
import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lacks, supplied } from './environment.js';
import { kubectl } from './kubectl.js';
import { operatorImage } from './operator-image.js';
import { Place } from './place.js';

const image = 'penstock.test/experiments:e2e';
const quick = ['--seeds=2', '--slots=2000', '--offered-slots=500', '--offered=0.7'];

/** A volume of this machine, where the node is: there is no storage class that could make one. */
const volume = (name: string, path: string) => `
apiVersion: v1
kind: PersistentVolume
metadata: { name: ${name} }
spec:
  capacity: { storage: 1Gi }
  accessModes: [ReadWriteMany]
  storageClassName: ''
  claimRef: { namespace: ${name}, name: experiment }
  hostPath: { path: ${path} }
`;

describe.skipIf(lacks('an experiment as a Job', ['importImage']))('an experiment as an Indexed Job', () => {
  let place: Place;
  const folder = mkdtempSync(join(tmpdir(), 'penstock-experiment-'));
  const runs = mkdtempSync(join(tmpdir(), 'penstock-runs-'));
  const inPlace = (...words: readonly string[]) => kubectl('--namespace', place.namespace, ...words);
  const apply = async (name: string) => {
    const manifest = readFileSync(`deploy/experiments/${name}`, 'utf8')
      .replaceAll('image: penstock:0.1.0', `image: ${image}\n          imagePullPolicy: Never`)
      .replace('  accessModes: [ReadWriteMany]', "  accessModes: [ReadWriteMany]\n  storageClassName: ''")
      .replace("cpu: '1'", 'cpu: 100m')
      .replace(
        '            - --workers=1',
        ['--workers=1', ...quick].map((word) => `            - ${word}`).join('\n'),
      );
    const file = join(folder, name);
    writeFileSync(file, manifest);
    await inPlace('apply', '-f', file);
  };
  const completed = (job: string) => inPlace('wait', '--for=condition=complete', '--timeout=240s', `job/${job}`);

  beforeAll(async () => {
    place = await Place.open('experiment');
    chmodSync(runs, 0o777);
    await supplied('importImage', [await operatorImage(folder, image)]);
    writeFileSync(join(folder, 'volume.yaml'), volume(place.namespace, runs));
    await kubectl('apply', '-f', join(folder, 'volume.yaml'));
  }, 300_000);

  afterAll(async () => {
    await place.close();
    await kubectl('delete', 'pv', place.namespace, '--wait=false', '--ignore-not-found');
    rmSync(folder, { recursive: true, force: true });
    rmSync(runs, { recursive: true, force: true });
  });

  test('gives the same result as one process', async () => {
    await apply('job.yaml');
    await completed('experiment');
    await apply('merge.yaml');
    await completed('experiment-merge');
    const merged: unknown = JSON.parse(await inPlace('logs', 'job/experiment-merge', '--container=merge'));
    const alone = await promisify(execFile)(
      process.execPath,
      [
        'dist/cli/main.js',
        'experiment',
        'run',
        'stability',
        '--json',
        '--workers=1',
        `--out=${join(folder, 'alone')}`,
        ...quick,
      ],
      { maxBuffer: 2 ** 26 },
    );
    expect(merged).toEqual(JSON.parse(alone.stdout));
  }, 600_000);
});
