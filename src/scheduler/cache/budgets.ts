import { PodDisruptionBudget } from '../../api/administration.js';
import type { Informers } from '../../runtime/index.js';
import { DisruptionBudgets } from '../../scheduling/index.js';

/** Disruption budgets as the informers show them: the same object as long as none has changed. */
export function watchBudgets(informers: Informers): () => DisruptionBudgets {
  const informer = informers.of(PodDisruptionBudget);
  let known: DisruptionBudgets | undefined;
  const changed = () => {
    known = undefined;
  };
  informer.addHandler({ add: changed, update: changed, delete: changed });
  return () => (known ??= new DisruptionBudgets([...informer.list()]));
}
