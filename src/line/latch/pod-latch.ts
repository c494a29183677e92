/** What a pod, or a draft of one, says of its latch. Pure readings. */
import type { ContainerClaim } from '../../api/container-claim.js';
import type { PodSpec } from '../../api/kubernetes.js';
import { annotations } from '../../api/names.js';
import { ownVolumes } from '../../api/pod-template.js';
import { mainContainer } from '../main-container.js';

export interface Latchable {
  readonly metadata: { readonly annotations?: Readonly<Record<string, string>> };
  readonly spec?: PodSpec | undefined;
}

/** Whether its main container waits for delivery before its program runs. */
export function isLatched({ metadata }: Latchable): boolean {
  return metadata.annotations?.[annotations.latchMode] !== undefined;
}

/**
 * Whether the container can come back when this claim goes. Not without a tenant: whom it would serve next could not be
 * told apart from whom it served.
 */
export function comesBack({ metadata }: Latchable, claim: Pick<ContainerClaim, 'spec'>): boolean {
  return metadata.annotations?.[annotations.reuse] !== undefined && claim.spec.tenant !== undefined;
}

/** The folder in which it finds its Secret; `undefined` where it can have none. */
export function secretPathOf(pod: Latchable): string | undefined {
  return mainContainer(pod)?.volumeMounts?.find(({ name }) => name === ownVolumes.secret)?.mountPath;
}

/** Whether its delivery is told to wait for a Secret. */
export function awaitsSecret(pod: Latchable): boolean {
  const path = secretPathOf(pod);
  return path !== undefined && (pod.metadata.annotations?.[annotations.latch]?.includes(`\nsecret ${path}\n`) ?? false);
}
