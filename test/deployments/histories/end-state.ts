/** What must be right when everything has come to rest. */
import { annotations, labels, states } from '../../../src/api/names.js';
import { findCondition, isTrue } from '../../../src/runtime/index.js';
import { isGated, isReady, revisionOf } from '../../../src/line/index.js';
import { controllerOf } from '../../../src/api/meta/kind.js';
import type { Scene } from '../scene.js';
import type { Story } from './deeds.js';

export async function endState(scene: Scene, { replicas, stock }: Story): Promise<readonly string[]> {
  const violations: string[] = [];
  const expectThat = (holds: boolean, what: string) => {
    if (!holds) violations.push(`at the end ${what}`);
  };
  const [deployment, pool, pods, all] = [
    await scene.deployment(),
    await scene.pool(),
    await scene.pods(),
    await scene.replicas(),
  ];
  expectThat(deployment.spec?.replicas === replicas, `the Deployment wants ${deployment.spec?.replicas}`);
  expectThat(await scene.isRolledOut(), `the Deployment is not rolled out: ${JSON.stringify(deployment.status)}`);
  expectThat(all.length === replicas, `there are ${all.length} replicas of ${replicas}`);
  expectThat(all.every(isReady), 'not all replicas are ready');
  expectThat(!pods.some(isGated), 'pods wait at the gate');

  const inStock = pods.filter(({ metadata }) => metadata.labels?.[labels.state] === states.stocked);
  const newest = (await scene.replicaSets()).find((set) => revisionOf(set) === revisionOf(deployment));
  expectThat(inStock.length === stock && inStock.every(isReady), `${inStock.length} are in stock, of ${stock}`);
  expectThat(
    inStock.every(({ metadata }) => metadata.annotations?.[annotations.replicaSet] === newest?.metadata.name),
    `not all stock is of ${newest?.metadata.name}`,
  );
  const delivered = pods.filter(({ metadata }) => metadata.labels?.[labels.state] === states.delivered);
  expectThat(
    delivered.every((pod) => controllerOf(pod)?.kind === 'ReplicaSet'),
    'a container is delivered and no replica',
  );
  const { ready, delivered: counted, conditions } = pool.status ?? {};
  expectThat(ready === stock && counted === delivered.length, `the pool says ${JSON.stringify(pool.status)}`);
  const degraded = findCondition(conditions, 'Degraded');
  expectThat(!isTrue(conditions, 'Degraded'), `the pool is degraded: ${degraded?.message}`);
  return violations;
}
