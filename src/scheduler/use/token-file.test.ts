import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { minute } from '../../support/time.js';
import { VirtualClock } from '../../support/virtual-clock.js';
import { tokenFile } from './token-file.js';

test('A token in a file is read again after a minute', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'penstock-token-'));
  try {
    const path = join(folder, 'token');
    const clock = new VirtualClock();
    const token = tokenFile(path, clock);
    await writeFile(path, 'first\n');
    expect(await token()).toBe('first');
    await writeFile(path, 'second\n');
    await clock.advance(minute - 1);
    expect(await token()).toBe('first');
    await clock.advance(1);
    expect(await token()).toBe('second');
  } finally {
    await rm(folder, { recursive: true });
  }
});
