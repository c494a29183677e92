import { describe, expect, test } from 'vitest';
import { keep } from './kept.js';
import { snapshotKinds } from './kinds.js';
import { asGiven, hidden, type Naming } from './naming.js';

const kept = (kind: string, object: unknown, naming: Naming = asGiven): unknown => {
  const one = snapshotKinds.find(({ kind: { name } }) => name === kind);
  if (!one) throw new Error(`no kind ${kind}`);
  return keep(object, one.kept, naming);
};

/** Each is somewhere where people put secrets, and where programs do. */
const secrets = Array.from({ length: 20 }, (_, index) => `planted-secret-${index}-`);
const [s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11, s12, s13, s14, s15, s16, s17, s18, s19] = secrets;

const template = {
  metadata: { name: 'team-template', labels: { app: 'team-app' }, annotations: { 'team.example/vault': s0 } },
  spec: {
    serviceAccountName: s1,
    imagePullSecrets: [{ name: s2 }],
    hostAliases: [{ ip: '10.0.0.1', hostnames: [s3] }],
    containers: [
      {
        name: 'team-main',
        image: 'team.example/image:1',
        command: ['sh', '-c', s4],
        args: [`--token=${s5}`],
        env: [
          { name: 'TOKEN', value: s6 },
          { name: 'KEY', valueFrom: { secretKeyRef: { name: s7, key: s8 } } },
        ],
        envFrom: [{ secretRef: { name: s9 } }],
        workingDir: s10,
        resources: { requests: { cpu: '1' } },
        lifecycle: { preStop: { exec: { command: [s11] } } },
        readinessProbe: { httpGet: { path: `/?${s12}`, httpHeaders: [{ name: 'authorization', value: s13 }] } },
        volumeMounts: [{ name: 'x', mountPath: s14 }],
      },
    ],
    volumes: [
      { name: 'x', secret: { secretName: s15 } },
      { name: 'y', csi: { volumeAttributes: { password: s16 } } },
      { name: 'z', persistentVolumeClaim: { claimName: 'team-claim' } },
    ],
    nodeSelector: { 'team.example/pool': 'team-pool' },
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [
            { matchExpressions: [{ key: 'team.example/pool', operator: 'In', values: ['team-pool'] }] },
            { matchFields: [{ key: 'metadata.name', operator: 'In', values: ['team-node'] }] },
          ],
        },
      },
    },
  },
};
const objects: readonly (readonly [string, unknown])[] = [
  ['Pod', { ...template, metadata: { ...template.metadata, managedFields: [{ manager: s17 }] } }],
  ['Deployment', { metadata: template.metadata, spec: { replicas: 1, template } }],
  ['ContainerPool', { metadata: template.metadata, spec: { replicas: 1, template, claims: { note: s18 } } }],
  [
    'ContainerClaim',
    {
      metadata: { name: 'team-job', annotations: { 'estimate.penstock.dev/cpu': s19 } },
      spec: {
        pool: { name: 'team-pool' },
        items: [{ count: 1, env: { A: s0 }, files: { b: s1 }, secret: { name: s2 } }],
      },
      status: { conditions: [{ type: 'Ready', status: 'False', reason: 'Waits', message: s3 }] },
    },
  ],
  ['Node', { metadata: { name: 'team-node', annotations: { a: s4 } }, status: { images: [{ names: [s5] }] } }],
  ['PersistentVolume', { metadata: { name: 'team-volume' }, spec: { csi: { volumeHandle: s6 }, nfs: { path: s7 } } }],
];

describe('what is kept', () => {
  test.each(objects)('of a %s has none of the planted secrets', (kind, object) => {
    const text = JSON.stringify(kept(kind, object));
    expect(text).not.toContain('planted');
    expect(text).toContain('team');
  });

  test.each(objects)('of a %s names nothing where names are hidden, in no form', (kind, object) => {
    const text = JSON.stringify(kept(kind, object, hidden('salt')));
    for (const form of [
      'team',
      Buffer.from('team').toString('base64').slice(0, 4),
      Buffer.from('team').toString('hex'),
    ])
      expect(text).not.toContain(form);
  });

  test('is what decisions are made by', () => {
    expect(kept('Pod', template)).toEqual({
      metadata: { name: 'team-template', labels: { app: 'team-app' }, annotations: {} },
      spec: {
        containers: [{ name: 'team-main', image: 'team.example/image:1', resources: { requests: { cpu: '1' } } }],
        volumes: [{}, {}, { persistentVolumeClaim: { claimName: 'team-claim' } }],
        nodeSelector: { 'team.example/pool': 'team-pool' },
        affinity: template.spec.affinity,
      },
    });
  });

  test('of annotations is what holds figures', () => {
    const annotations = {
      'estimate.penstock.dev/cpu': '250m',
      'estimate.penstock.dev/memory': 'not a figure',
      'capacity.penstock.dev/network-bandwidth': '125M',
      'penstock.dev/delivered-at': '2026-01-02T03:04:05.000006Z',
      'penstock.dev/pool': 'web',
      'kubectl.kubernetes.io/last-applied-configuration': '{}',
    };
    expect(kept('Pod', { metadata: { name: 'p', annotations } })).toEqual({
      metadata: {
        name: 'p',
        annotations: {
          'estimate.penstock.dev/cpu': '250m',
          'capacity.penstock.dev/network-bandwidth': '125M',
          'penstock.dev/delivered-at': '2026-01-02T03:04:05.000006Z',
          'penstock.dev/pool': 'web',
        },
      },
    });
  });
});

describe('hidden names', () => {
  const naming = hidden('salt');

  test('are equal where names are, and tell nothing without the salt', () => {
    expect(naming.name('web')).toBe(naming.name('web'));
    expect(naming.name('web')).not.toBe(naming.name('api'));
    expect(naming.name('web')).not.toBe(hidden('other').name('web'));
    expect(naming.name('web')).toMatch(/^x[0-9a-f]{12}$/);
  });

  test('leave what everybody has', () => {
    expect(naming.key('topology.kubernetes.io/zone')).toBe('topology.kubernetes.io/zone');
    expect(naming.labelValue('kubernetes.io/os', 'linux')).toBe('linux');
    expect(naming.name('default-scheduler')).toBe('default-scheduler');
    expect(naming.labelValue('topology.kubernetes.io/zone', 'team-zone')).toBe(naming.name('team-zone'));
    expect(naming.key('kubernetes.io.example.com/x')).not.toContain('example');
  });

  test('let selectors meet the labels that they select', () => {
    const pod = { metadata: { name: 'p', labels: { app: 'web' } } };
    const budget = {
      metadata: { name: 'b' },
      spec: { selector: { matchExpressions: [{ key: 'app', operator: 'In', values: ['web'] }] } },
    };
    const [{ metadata }, { spec }] = [kept('Pod', pod, naming), kept('PodDisruptionBudget', budget, naming)] as [
      typeof pod,
      typeof budget,
    ];
    const [expression] = spec.selector.matchExpressions;
    expect(metadata.labels).toEqual({ [expression?.key ?? '']: expression?.values[0] });
  });
});
