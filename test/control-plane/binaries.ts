import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The programs of a control plane, found where envtest's users keep them: in the folder KUBEBUILDER_ASSETS. */
export type Program =
  | 'etcd'
  | 'kube-apiserver'
  | 'kube-controller-manager'
  | 'kube-scheduler'
  | 'kubectl'
  | 'helm'
  | 'scheduler-oracle';

/** Where `program` is. Throws, saying what is missing. */
export function pathOf(program: Program): string {
  const missing = whyMissing([program]);
  if (missing) throw new Error(missing);
  return join(process.env.KUBEBUILDER_ASSETS ?? '', program);
}

/** Why these programs cannot be run; undefined when they can. */
export function whyMissing(programs: readonly Program[]): string | undefined {
  const folder = process.env.KUBEBUILDER_ASSETS;
  if (!folder) return 'KUBEBUILDER_ASSETS is not set';
  const absent = programs.filter((program) => !existsSync(join(folder, program)));
  return absent.length > 0 ? `KUBEBUILDER_ASSETS has no ${absent.join(', ')}` : undefined;
}

/**
 * Whether a suite that needs these programs is to be skipped: `describe.skipIf(lacks(controlPlane, 'watch'))('watch', …)`.
 * Says so in one line. With PENSTOCK_REQUIRE_CONTROL_PLANE=1 nothing is skipped: then a missing program is a failure.
 */
export function lacks(programs: readonly Program[], suite: string): boolean {
  const missing = whyMissing(programs);
  if (!missing || process.env.PENSTOCK_REQUIRE_CONTROL_PLANE === '1') return false;
  process.stderr.write(`skipped: ${suite} (${missing}; setup-envtest or a Kubernetes release has the programs)\n`);
  return true;
}

export const controlPlane: readonly Program[] = ['etcd', 'kube-apiserver'];
export const controlPlaneWithControllers: readonly Program[] = [...controlPlane, 'kube-controller-manager'];
