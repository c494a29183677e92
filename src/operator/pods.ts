/**
 * Which pods are watched, and what is kept of them. Ours have a label from their first day to their last, whoever owns them. Those of
 * others are many, and large: they are watched only as long as a decision needs them, and little is kept of each.
 */
import { ContainerPool } from '../api/container-pool.js';
import { Deployment, Pod, ReplicaSet } from '../api/kubernetes.js';
import type { Kind } from '../api/meta/kind.js';
import { type Key, keyOf, nameOf, type Resource } from '../api/meta/resource.js';
import { labels, optIn } from '../api/names.js';
import { ProductionLine } from '../api/production-line.js';
import { hasGatedPods, OtherPodTrimmer } from '../deployments/index.js';
import { asksForLoads, withFirstDeletion } from '../line/index.js';
import type { Manager, OnDemand } from '../runtime/index.js';

/** Has a manager watch pods. Returns the pods of others. */
export function watchPods(manager: Manager): OnDemand<Pod> {
  const others = manager.splitBy(Pod, labels.state);
  const other = new OtherPodTrimmer();
  manager.trim(Pod, (pod, old) => (isOurs(pod) ? withFirstDeletion(pod, old) : other.trim(pod, old)));
  const reasons = new Set<string>();
  const whereSome = <T extends Resource>(kind: Kind<T>, needsOthers: (object: T) => boolean) =>
    manager.onChange(kind, (old, object) => {
      const reason = `${kind.name} ${named(object ?? old)}`;
      if (object && needsOthers(object)) reasons.add(reason);
      else reasons.delete(reason);
      others.need(reasons.size > 0);
    });
  // their replicas, and whatever has a say in where those may be
  whereSome(Deployment, ({ metadata }) => metadata.annotations?.[optIn.pool] !== undefined);
  whereSome(ContainerPool, ({ spec }) => spec.fromDeployment !== undefined);
  // pods that wait until they are let go, although their Deployment takes part no longer
  whereSome(ReplicaSet, (set) => hasGatedPods(set) && set.spec?.replicas !== 0);
  whereSome(ProductionLine, asksForLoads);
  return others;
}

const isOurs = ({ metadata }: Pod): boolean => metadata.labels?.[labels.state] !== undefined;

const named = (object: Resource | undefined): Key => (object ? keyOf(nameOf(object)) : '');
