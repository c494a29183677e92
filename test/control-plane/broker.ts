import { createServer } from 'node:http';
import type { TestProject } from 'vitest/node';
import { whyMissing } from './binaries.js';
import { ControlPlane } from './control-plane.js';
import type { SharedControlPlane } from './shared.js';

/**
 * Runs once, beside all test files: starts a control plane with controllers when the first of them asks for one, gives
 * the same one to all, and stops it after the last. Test files ask through `sharedControlPlane`.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  let starting: Promise<ControlPlane> | undefined;
  const start = async (): Promise<SharedControlPlane> => {
    const controllers = whyMissing(['kube-controller-manager']) === undefined;
    starting ??= ControlPlane.start({ controllers });
    const { url, ca, kubeconfig, adminToken, userToken } = await starting;
    return { url, ca, kubeconfig, adminToken, userToken };
  };
  const server = createServer((_, response) => {
    start().then(
      (plane) => response.end(JSON.stringify(plane)),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('the broker has no port');
  project.provide('controlPlaneBroker', `http://127.0.0.1:${address.port}`);
  return async () => {
    server.close();
    server.closeAllConnections();
    // one that did not start has told those who asked for it
    await starting?.then(
      (plane) => plane.stop(),
      () => undefined,
    );
  };
}
