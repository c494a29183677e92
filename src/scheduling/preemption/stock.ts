import { labels, states } from '../../api/names.js';
import type { PodInfo } from '../snapshot/node-info.js';

const inStock: ReadonlySet<string> = new Set([states.producing, states.stocked, states.kept, states.returned]);

/** Whether a pod is in the stock of a pool, or on its way there: nobody uses it, and its pool makes another. */
export const isStock = ({ shape }: Pick<PodInfo, 'shape'>): boolean => inStock.has(shape.labels[labels.state] ?? '');
