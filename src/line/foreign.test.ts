import { describe, expect, it } from 'vitest';
import { aPool, cleanable, stocked } from '../../test/objects.js';
import type { Container, PodSpec } from '../api/kubernetes.js';
import { latch } from '../api/latch.js';
import { foreignObjection } from './foreign.js';
import { configurableSpec } from './pod-template.js';

const work = { name: 'work', mountPath: '/work' };
const [main] = cleanable().spec.containers;
const pool = aPool({
  latch: latch.parse({ mode: 'Supervise', reuse: 'SameTenant' }),
  template: {
    spec: { containers: [{ name: 'main', ...main, volumeMounts: [work] }], volumes: [{ name: 'work', emptyDir: {} }] },
  },
});
const made = configurableSpec(pool, 'p') ?? { containers: [] };
const proxy = { name: 'proxy', image: 'proxy:1' };
const init = (own: Partial<Container>) => ({ initContainers: [{ ...proxy, ...own }, ...(made.initContainers ?? [])] });
const mounting = (mount: object) => ({
  containers: made.containers.map((one) => ({
    ...one,
    volumeMounts: [{ name: 'token', mountPath: '/var/run/token', ...mount }, ...(one.volumeMounts ?? [])],
  })),
});
/** As `kubectl debug` adds them; the types that we have leave out what they must have. */
const debugged: Partial<PodSpec> = { ephemeralContainers: [{ name: 'debugger', image: 'busybox' }] };

describe('a container that has served', () => {
  it.each<[string, Partial<PodSpec>, RegExp]>([
    ['alone', {}, /^none$/],
    ['beside a proxy', { containers: [proxy, ...made.containers] }, /^container proxy runs beside it, .*has seen/],
    ['beside a native sidecar', init({ restartPolicy: 'Always' }), /^container proxy runs beside it/],
    ['and was debugged', debugged, /^container debugger runs beside it/],
    ['after an init container that has ended', init({}), /^none$/],
    ['after one that read its folder', init({ volumeMounts: [{ ...work, readOnly: true }] }), /^none$/],
    ['after one that may have filled its folder', init({ volumeMounts: [work] }), /may have filled volume work/],
    ['with a volume of others that it reads', mounting({ readOnly: true }), /^none$/],
    ['with a volume of others', mounting({}), /^volume token is mounted in it at \/var\/run\/token, .*not empty/],
  ])('%s', (_, added, objection) => {
    const pod = stocked('p', { spec: { ...made, ...added } }, pool);
    expect(foreignObjection(pod, pool) ?? 'none').toMatch(objection);
  });
});
