import { describe, expect, it } from 'vitest';
import { stocked } from '../../test/objects.js';
import type { Pod, PodSpec } from '../api/kubernetes.js';
import { ownVolumes } from '../api/pod-template.js';
import { differences, sentenceOf } from './differences.js';

const nothing = { size: false, configuration: false };
const main = { name: 'main', image: 'app:1', command: ['/app'] };
const template: PodSpec = { containers: [main] };
const podOf = (spec: PodSpec): Pod => ({ ...stocked('p'), spec });
const fieldsOf = (spec: PodSpec, wanted: PodSpec, leave = nothing) =>
  differences(podOf(spec), { spec: wanted }, leave).map(({ field }) => field);

/** What a server, its admission and a scheduler make of the template. */
const stored: PodSpec = {
  restartPolicy: 'Always',
  dnsPolicy: 'ClusterFirst',
  schedulerName: 'default-scheduler',
  terminationGracePeriodSeconds: 30,
  securityContext: {},
  serviceAccountName: 'default',
  serviceAccount: 'default',
  enableServiceLinks: true,
  preemptionPolicy: 'PreemptLowerPriority',
  priority: 0,
  nodeName: 'node-1',
  tolerations: [
    { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 },
  ],
  volumes: [{ name: 'kube-api-access-x7k2p', projected: { sources: [] } }],
  containers: [
    {
      ...main,
      imagePullPolicy: 'IfNotPresent',
      terminationMessagePath: '/dev/termination-log',
      terminationMessagePolicy: 'File',
      resources: {},
      volumeMounts: [
        { name: 'kube-api-access-x7k2p', mountPath: '/var/run/secrets/kubernetes.io/serviceaccount', readOnly: true },
      ],
    },
  ],
};

const changed = (container: object): PodSpec => ({ containers: [{ ...main, ...container }] });

describe('differences', () => {
  it('are none between a template and what a server stores of it', () => {
    expect(fieldsOf(stored, template)).toEqual([]);
  });

  it.each<[string, PodSpec, readonly string[]]>([
    ['the image', changed({ image: 'app:2' }), ['spec.containers[main].image']],
    ['a command', changed({ command: ['/app', '-v'] }), ['spec.containers[main].command']],
    ['a variable', changed({ env: [{ name: 'A', value: '1' }] }), ['spec.containers[main].env[A]']],
    ['a port', changed({ ports: [{ containerPort: 80 }] }), ['spec.containers[main].ports[80]']],
    ['a size', changed({ resources: { requests: { cpu: '1' } } }), ['spec.containers[main].resources.requests']],
    ['a second container', { containers: [main, { name: 'log', image: 'log:1' }] }, ['spec.containers[log]']],
    [
      'a container of another name',
      { containers: [{ ...main, name: 'app' }] },
      ['spec.containers[app]', 'spec.containers[main]'],
    ],
    ['an init container', { ...template, initContainers: [{ name: 'a', image: 'a' }] }, ['spec.initContainers[a]']],
    ['where it may run', { ...template, nodeSelector: { disk: 'ssd' } }, ['spec.nodeSelector']],
    ['who it is', { ...template, serviceAccountName: 'ann' }, ['spec.serviceAccountName']],
    ['what it may do', { ...template, securityContext: { runAsUser: 1 } }, ['spec.securityContext.runAsUser']],
    [
      'how it is asked',
      changed({ readinessProbe: { exec: { command: ['a'] } } }),
      ['spec.containers[main].readinessProbe'],
    ],
  ])('tell of %s, whichever of the two has it', (_, other, fields) => {
    expect(fieldsOf(stored, other)).toEqual(fields);
    expect(fieldsOf({ ...stored, ...other }, template)).toEqual(fields);
  });

  it('do not look at the order of variables, nor at a size that is brought', () => {
    const [a, b] = [
      { name: 'A', value: '1' },
      { name: 'B', value: '2' },
    ];
    expect(fieldsOf(changed({ env: [a, b] }), changed({ env: [b, a] }))).toEqual([]);
    const sized = changed({ resources: { limits: { cpu: '2' } } });
    expect(fieldsOf(sized, template, { ...nothing, size: true })).toEqual([]);
  });

  it('leave the volume of the configuration alone where there is none to show', () => {
    const volume = { name: ownVolumes.configuration, downwardAPI: { items: [] } };
    const mounts = [{ name: ownVolumes.configuration, mountPath: '/etc/penstock' }];
    const shown = { ...changed({ volumeMounts: mounts }), volumes: [volume] };
    expect(fieldsOf(shown, template)).not.toEqual([]);
    expect(fieldsOf(shown, template, { ...nothing, configuration: true })).toEqual([]);
  });

  it('leave out what admission has put into the pod, where it is known what that was made from', () => {
    const token = { name: 'token', mountPath: '/var/run/token' };
    const [stood] = stored.containers;
    const meshed: PodSpec = {
      ...stored,
      containers: [
        { name: 'proxy', image: 'proxy:1' },
        { ...main, ...stood, env: [{ name: 'ROLE', value: 'a' }], volumeMounts: [token] },
      ],
      initContainers: [{ name: 'proxy-init', image: 'proxy:1' }],
      volumes: [{ name: 'token', emptyDir: {} }],
    };
    expect(fieldsOf(meshed, template)).toHaveLength(5);
    const compared = (wanted: PodSpec) => differences(podOf(meshed), { spec: wanted }, nothing, { spec: template });
    expect(compared(template)).toEqual([]);
    expect(compared(changed({ env: [{ name: 'ROLE', value: 'b' }] })).map(({ field }) => field)).toEqual([
      'spec.containers[main].env[ROLE].value',
    ]);
    expect(compared({ containers: [main, { name: 'proxy', image: 'proxy:2' }] }).map(({ field }) => field)).toEqual([
      'spec.containers[proxy].image',
    ]);
  });

  it('tell of another main container among the same', () => {
    const both: PodSpec = { containers: [main, { name: 'side', image: 'side:1' }] };
    const annotations = { 'kubectl.kubernetes.io/default-container': 'side' };
    expect(sentenceOf(differences(podOf(both), { metadata: { annotations }, spec: both }, nothing))).toMatch(
      /^the main container is main, side is wanted/,
    );
  });

  it('are told with both values', () => {
    expect(sentenceOf(differences(podOf(stored), { spec: changed({ image: 'app:2', stdin: true }) }, nothing))).toBe(
      'spec.containers[main].image is app:1, app:2 is wanted; spec.containers[main].stdin is missing, true is wanted; a running container cannot be changed in these',
    );
  });
});
