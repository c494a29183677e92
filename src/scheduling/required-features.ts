import type { PodSpec } from '../api/kubernetes.js';

const noFeatures: readonly string[] = [];

/** What of a pod only some kubelets can do (`InferForPodScheduling` of k8s.io/component-helpers/nodedeclaredfeatures). */
export function requiredFeatures(spec: PodSpec): readonly string[] {
  const containers = [...spec.containers, ...(spec.initContainers ?? [])];
  const features: string[] = [];
  if (containers.some(({ restartPolicyRules }) => restartPolicyRules?.some(({ action }) => action === restartAll)))
    features.push('RestartAllContainersOnContainerExits');
  if (spec.hostNetwork && spec.hostUsers === false) features.push('UserNamespacesHostNetworkSupport');
  if (containers.some(({ volumeMounts }) => volumeMounts?.some(({ bindMountOptions }) => bindMountOptions?.length)))
    features.push('VolumeBindMountOptions');
  return features.length === 0 ? noFeatures : features;
}

const restartAll = 'RestartAllContainers';
