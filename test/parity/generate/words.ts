/** Few words, so that what is drawn meets what was drawn before. */
export const podLabels = { app: ['a', 'b', 'c'], tier: ['x', 'y'], version: ['1', '2'] } as const;

export const nodeLabels = {
  disk: ['ssd', 'hdd', ''],
  size: ['1', '2', '10', '1.5', '1e1', 'big'],
  rack: ['r1', 'r2', 'r3'],
  'topology.kubernetes.io/region': ['north', 'south'],
  'failure-domain.beta.kubernetes.io/zone': ['z1', 'z2'],
} as const;

export const zoneKey = 'topology.kubernetes.io/zone';
export const hostnameKey = 'kubernetes.io/hostname';
export const zones = ['z1', 'z2', 'z3'] as const;
export const topologyKeys = [
  hostnameKey,
  zoneKey,
  hostnameKey,
  zoneKey,
  hostnameKey,
  hostnameKey,
  zoneKey,
  zoneKey,
  'rack',
  'topology.kubernetes.io/region',
  'nowhere',
] as const;

export const namespaceNames = ['default', 'other', 'third'] as const;
export const namespaceLabels = { team: ['red', 'blue'], stage: ['prod'] } as const;

export const images = [
  'app:v1',
  'registry:5000/app',
  'registry:5000/tools:v2',
  'base',
  'base:latest',
  'big:v1',
] as const;
export const extended = ['example.com/gpu', 'example.com/nic', 'hugepages-2Mi'] as const;
export const features = ['RestartAllContainersOnContainerExits', 'UserNamespacesHostNetworkSupport'] as const;
export const drivers = ['csi.one', 'csi.two'] as const;
export const taintKeys = ['k1', 'k2', 'node.kubernetes.io/unschedulable'] as const;
export const nodeName = (index: number): string => `node-${index}`;
