import { installCrds, removeCrds } from '../../src/cluster/crds.js';
import { connect } from '../../src/cluster/kubernetes/index.js';
import { silentLogger } from '../../src/support/log.js';
import { WallClock } from '../../src/support/wall-clock.js';

/** Runs once, before all end-to-end suites: installs our kinds, and takes them away at the end if they were not there. */
export default async function setup(): Promise<() => Promise<void>> {
  if (!process.env.KUBECONFIG) return async () => {};
  const clock = new WallClock();
  const connection = await connect({}, { clock, logger: silentLogger });
  const { cluster } = connection;
  const changes = await installCrds(cluster, clock);
  return async () => {
    if (changes.some(({ change }) => change === 'created')) await removeCrds(cluster, clock);
    connection.close();
  };
}
