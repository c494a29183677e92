import { expect, test } from 'vitest';
import type { PodSpec } from '../../api/kubernetes.js';
import { podShape } from '../pod-shape.js';
import { unsupportedBy } from './unsupported.js';
import type { PersistentVolumeClaim } from '../../api/storage.js';
import { noVolumes, type VolumeView } from './volume-view.js';

const metadata = (name: string, annotations: Record<string, string> = {}) => ({
  name,
  namespace: 'default',
  uid: name,
  resourceVersion: '1',
  creationTimestamp: '',
  annotations,
});

const claim = (spec: PersistentVolumeClaim['spec'], bound = {}): VolumeView => ({
  ...noVolumes,
  claim: () => ({ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: metadata('data', bound), spec }),
  storageClass: (name) => ({
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: metadata(name),
    provisioner: 'csi.example.com',
    volumeBindingMode: name === 'late' ? 'WaitForFirstConsumer' : 'Immediate',
  }),
  volume: (name) => ({
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: metadata(name),
    spec: name === 'old' ? { gcePersistentDisk: { pdName: 'd' } } : { nfs: { path: '/', server: 's' } },
  }),
});

const data = { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }] };
const isBound = { 'pv.kubernetes.io/bind-completed': 'yes' };

test.each<[string, Partial<PodSpec>, VolumeView, string | undefined]>([
  ['no volumes', {}, noVolumes, undefined],
  ['a resource claim', { resourceClaims: [{ name: 'gpu' }] }, noVolumes, 'DynamicResources'],
  ['an ephemeral volume', { volumes: [{ name: 'v', ephemeral: {} }] }, noVolumes, 'generic ephemeral volume'],
  ['a claim that waits for its pod', data, claim({ storageClassName: 'late' }), 'when its pod has a node'],
  ['an unbound claim of another class', data, claim({ storageClassName: 'now' }), undefined],
  ['a bound claim of the late class', data, claim({ storageClassName: 'late', volumeName: 'new' }, isBound), undefined],
  ['a volume that a CSI driver has taken over', data, claim({ volumeName: 'old' }, isBound), 'gcePersistentDisk'],
])('A pod with %s', (_what, spec, view, expected) => {
  const pod = podShape({ apiVersion: 'v1', kind: 'Pod', metadata: metadata('p'), spec: { containers: [], ...spec } });
  const reason = unsupportedBy(pod, view);
  expect(expected === undefined ? reason : reason?.includes(expected)).toBe(expected === undefined ? undefined : true);
});
