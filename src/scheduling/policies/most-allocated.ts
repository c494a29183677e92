/**
 * Fills nodes: (⌊min(req, cap)·100/cap⌋ of cpu + of memory) / 2 with the pod on the node, in integers; requests with
 * kube-scheduler's small defaults. Source: NodeResourcesFit with MostAllocated, most_allocated.go of kubernetes.
 */
import { z } from 'zod';
import { mostAllocatedScorer } from '../scores/allocation.js';
import type { ScorePolicy } from './policy.js';
import { policyType } from './policy-type.js';
import { scorerPolicy } from './scorer-policy.js';

export const mostAllocated = (): ScorePolicy =>
  scorerPolicy('most-allocated', [{ scorer: mostAllocatedScorer, weight: 1 }]);

export const mostAllocatedType = policyType({
  name: 'most-allocated',
  about: "kube-scheduler's MostAllocated: the node whose cpu and memory are requested most.",
  settings: z.strictObject({}),
  create: () => mostAllocated(),
});
