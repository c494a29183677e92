import { describe, expect, it } from 'vitest';
import { aPool } from '../../../test/objects.js';
import type { Container, PodSpec } from '../../api/kubernetes.js';
import { latch } from '../../api/latch.js';
import { latchObjection } from './objection.js';

const readOnly = { readOnlyRootFilesystem: true };
const poolOf = (main: Partial<Container>, spec: Partial<PodSpec> = {}, mode: object = {}, secretPath?: string) =>
  aPool({
    latch: latch.parse({ mode: 'Supervise', reuse: 'SameTenant', ...mode }),
    configuration: { mountPath: '/etc/penstock', files: [], ...(secretPath !== undefined && { secretPath }) },
    template: {
      spec: {
        containers: [{ name: 'main', image: 'app:1', command: ['/app'], securityContext: readOnly, ...main }],
        volumes: [
          { name: 'work', emptyDir: {} },
          { name: 'lasting', hostPath: { path: '/' } },
        ],
        ...spec,
      },
    },
  });
const preparing = (mount: object) => ({
  initContainers: [
    { name: 'prepare', image: 'prepare:1', volumeMounts: [{ name: 'work', mountPath: '/to', ...mount }] },
  ],
});
const greeting = { lifecycle: { postStart: { exec: { command: ['/greet'] } } } };
const mounts = (...paths: readonly string[]) => ({
  volumeMounts: paths.map((mountPath) => ({ name: 'work', mountPath })),
});

describe('a pool whose containers are to be used again', () => {
  it.each([
    ['a read-only root and emptyDirs', poolOf(mounts('/data', '/database')), /^none$/],
    ['its Secret beside its files', poolOf({}, {}, {}, '/etc/penstock-secret'), /^none$/],
    [
      'its Secret within its files',
      poolOf({}, {}, {}, '/etc/penstock/secret'),
      /two folders, neither within the other/,
    ],
    ['a root that can be written', poolOf({ securityContext: {} }), /readOnlyRootFilesystem/],
    [
      'a volume that lasts',
      poolOf({ volumeMounts: [{ name: 'lasting', mountPath: '/w' }] }),
      /lasting is not an emptyDir/,
    ],
    ['a volume within another', poolOf(mounts('/data', '/data/cache')), /empties \/data, .* while \/data\/cache/],
    ['its files within a volume', poolOf(mounts('/etc')), /empties \/etc, .* while \/etc\/penstock/],
    [
      'its message within a volume',
      poolOf({ ...mounts('/data/'), terminationMessagePath: '/data/log' }),
      /\/data\/log/,
    ],
    [
      'a sidecar',
      poolOf({}, { containers: [...(poolOf({}).spec.template.spec?.containers ?? []), { name: 'b', image: 'b' }] }),
      /one container/,
    ],
    ['a shared process namespace', poolOf({}, { shareProcessNamespace: true }), /shareProcessNamespace/],
    ['a probe over the network', poolOf({ livenessProbe: { tcpSocket: { port: 80 } } }), /livenessProbe/],
    [
      'a folder that an init container fills',
      poolOf(mounts('/data'), preparing({})),
      /init container prepare can fill volume work, and latch.reuse empties it/,
    ],
    ['a folder that an init container reads', poolOf(mounts('/data'), preparing({ readOnly: true })), /^none$/],
    [
      'a folder that an init container fills, and that is only read',
      poolOf({ volumeMounts: [{ name: 'work', mountPath: '/data', readOnly: true }] }, preparing({})),
      /^none$/,
    ],
    [
      'no reuse, and a folder that an init container fills',
      poolOf(mounts('/data'), preparing({}), { reuse: 'Never' }),
      /^none$/,
    ],
    ['a hook after its start', poolOf(greeting), /lifecycle.postStart/],
    ['no reuse, and a hook after its start', poolOf(greeting, {}, { mode: 'Exec', reuse: 'Never' }), /postStart/],
    ['no reuse, and a root that can be written', poolOf({ securityContext: {} }, {}, { reuse: 'Never' }), /^none$/],
  ])('with %s', (_, pool, why) => {
    expect(latchObjection(pool) ?? 'none').toMatch(why);
  });
});
