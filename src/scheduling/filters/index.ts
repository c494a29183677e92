export { acrossNodes } from './default-filters.js';
export type { Filter, Refusal } from './filter.js';
export {
  explainNode,
  explainWithout,
  type Filtered,
  type FilterOptions,
  filterNodes,
  fitsWithout,
  isLocal,
  movableFilters,
} from './filter-nodes.js';
export { fitMessage } from './fit-message.js';
export { preconditionOf } from './precondition.js';
export { nodeAffinity } from './node-affinity.js';
