import { cardDemand } from '../gpu/card-fit.js';
import { cardColumns, gpuMilli } from '../gpu/cards.js';
import { refuseWithoutCards } from '../kernels/cards.js';
import { type Filter, nobody } from './filter.js';

/**
 * A share of a GPU must fit on one card, whole GPUs need as many idle cards: that together they have room is not enough. Not one of
 * kube-scheduler's; it is asked only about pods that request `penstock.dev/gpu-milli`. A nominated pod has no cards yet: it counts in
 * NodeResourcesFit alone.
 */
export const gpuShareFit: Filter = {
  name: 'GpuShareFit',
  concerns: ({ requests }) => (requests[gpuMilli] ?? 0) > 0,
  apply: (pod, nodes, feasible) => {
    const { each, count } = cardDemand(pod);
    refuseWithoutCards(feasible, nodes.rows, cardColumns(nodes), each, count);
  },
  explain: (pod, nodes, row, _nominated, gone = nobody) => {
    const { each, count } = cardDemand(pod);
    const cards = cardColumns(nodes);
    const roomy = cards.filter(({ name, capacity, requested }) => {
      let idle = capacity[row]! - requested[row]!;
      for (const { shape } of gone) idle += shape.requests[name] ?? 0;
      return idle >= each;
    }).length;
    if (roomy >= count) return undefined;
    return {
      filter: 'GpuShareFit',
      reasons: ["node(s) didn't have enough GPU cards with room for the pod's share"],
      unresolvable: cards.filter(({ capacity }) => capacity[row]! >= each).length < count,
      remedy: `${each / 1000} of a GPU would have to be idle on ${count === 1 ? 'one card' : `${count} cards`}, it is on ${roomy}`,
    };
  },
};
