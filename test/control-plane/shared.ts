import { inject } from 'vitest';

/** What test files get of the control plane that they share. Nobody may stop, restart or stall that one. */
export interface SharedControlPlane {
  readonly url: string;
  readonly ca: string;
  readonly kubeconfig: string;
  readonly adminToken: string;
  readonly userToken: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    controlPlaneBroker: string;
  }
}

/**
 * The control plane of this test run, with kube-controller-manager where there is one. Started by the first to ask; use
 * namespaces of your own. Suites that restart, stall or count start a ControlPlane for themselves.
 */
export async function sharedControlPlane(): Promise<SharedControlPlane> {
  const response = await fetch(inject('controlPlaneBroker'));
  if (!response.ok) throw new Error(await response.text());
  return (await response.json()) as SharedControlPlane;
}
