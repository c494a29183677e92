import { describe, expect, it } from 'vitest';
import { aPool } from '../../../test/objects.js';
import type { Container } from '../../api/kubernetes.js';
import { latch } from '../../api/latch.js';
import { latchedSpec } from './pod-spec.js';

const exec = { command: ['/alive'] };

/** What the latch is told for a liveness probe, before the probe's own command. */
function livenessOf(probes: Partial<Container>): string | undefined {
  const spec = { containers: [{ name: 'main', image: 'app:1', command: ['/app'], ...probes }] };
  const pool = aPool({ latch: latch.parse({ mode: 'Exec' }), configuration: { mountPath: '/files', files: [] } });
  const [main] = latchedSpec(spec, pool, 'Exec', undefined).containers;
  return main?.livenessProbe?.exec?.command?.slice(3).join(' ');
}

describe('the liveness probe of a latched container', () => {
  it.each([
    ['asks as soon as it is open', { livenessProbe: { exec } }, 'probe PASS -- /alive'],
    [
      'waits as long as it would have from the start',
      { livenessProbe: { exec, initialDelaySeconds: 20 } },
      'probe PASS 20 -- /alive',
    ],
    [
      'leaves the program the time that its start-up probe gives it',
      {
        livenessProbe: { exec },
        startupProbe: { exec, initialDelaySeconds: 5, periodSeconds: 2, failureThreshold: 30 },
      },
      'probe PASS 65 -- /alive',
    ],
    [
      'knows the defaults of that',
      { livenessProbe: { exec, initialDelaySeconds: 10 }, startupProbe: { exec } },
      'probe PASS 30 -- /alive',
    ],
    [
      'takes the longer of both',
      { livenessProbe: { exec, initialDelaySeconds: 40 }, startupProbe: { exec } },
      'probe PASS 40 -- /alive',
    ],
  ])('%s', (_, probes, told) => {
    expect(livenessOf(probes)).toBe(told);
  });
});
