import { fixedCredentials, KubernetesCluster } from '../../src/cluster/kubernetes/index.js';
import { silentLogger } from '../../src/support/log.js';
import { WallClock } from '../../src/support/wall-clock.js';
import type { ControlPlane } from '../control-plane/control-plane.js';

export const clock = new WallClock();

/** Looks again and again until it holds. Throws after a minute, with what was waited for. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await holds()); tries++) {
    if (tries === 600) throw new Error(`waited for ${what} in vain`);
    await clock.sleep(100);
  }
}

export interface Person {
  readonly user: string;
  readonly groups?: readonly string[];
}

/** What a request shows to be taken for somebody else: the admin may impersonate everybody. */
export const headersAs = (plane: ControlPlane, { user, groups = [] }: Person): Record<string, string> => ({
  authorization: `Bearer ${plane.adminToken}`,
  'impersonate-user': user,
  ...(groups.length > 0 && { 'impersonate-group': groups.join(',') }),
});

/** The server as somebody else sees it. */
export function clusterAs(plane: ControlPlane, person: Person): KubernetesCluster {
  const identity = { headers: headersAs(plane, person), tls: { ca: plane.ca } };
  return new KubernetesCluster({
    server: plane.url,
    credentials: fixedCredentials(identity),
    clock,
    logger: silentLogger,
  });
}

/** The server as whoever has the token sees it. */
export const clusterOf = (plane: ControlPlane, token: string): KubernetesCluster =>
  new KubernetesCluster({
    server: plane.url,
    credentials: fixedCredentials({ headers: { authorization: `Bearer ${token}` }, tls: { ca: plane.ca } }),
    clock,
    logger: silentLogger,
  });

/** The server as its admin sees it. */
export const clusterAsAdmin = (plane: ControlPlane): KubernetesCluster => clusterOf(plane, plane.adminToken);
