import type { TestProject } from 'vitest/node';
import { offer } from '../offer.js';
import { whyMissing } from './binaries.js';
import { ControlPlane } from './control-plane.js';
import type { SharedControlPlane } from './shared.js';

/**
 * Runs once, beside all test files: starts a control plane with controllers when the first of them asks for one, gives
 * the same one to all, and stops it after the last. Test files ask through `sharedControlPlane`.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  let starting: Promise<ControlPlane> | undefined;
  const shared = await offer(async () => {
    const controllers = whyMissing(['kube-controller-manager']) === undefined;
    starting = ControlPlane.start({ controllers });
    const { url, ca, kubeconfig, adminToken, userToken } = await starting;
    const plane: SharedControlPlane = { url, ca, kubeconfig, adminToken, userToken };
    return JSON.stringify(plane);
  });
  project.provide('controlPlaneBroker', shared.url);
  return async () => {
    shared.close();
    // one that did not start has told those who asked for it
    await starting?.then(
      (plane) => plane.stop(),
      () => undefined,
    );
  };
}
