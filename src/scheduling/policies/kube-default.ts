/**
 * What kube-scheduler does by default (1.37): 3·TaintToleration + 2·NodeAffinity + NodeResourcesFit (LeastAllocated) +
 * 2·PodTopologySpread + 2·InterPodAffinity + NodeResourcesBalancedAllocation + ImageLocality, each from 0 to 100, in integers.
 * Source: pkg/scheduler/apis/config/v1/default_plugins.go of kubernetes.
 */
import { z } from 'zod';
import { defaultScorers } from '../scores/default-scorers.js';
import type { ScorePolicy } from './policy.js';
import { policyType } from './policy-type.js';
import { scorerPolicy } from './scorer-policy.js';

/** Pods that state no constraint are spread by `Snapshot.defaultSelector`. */
export const kubeDefault = (): ScorePolicy => ({
  ...scorerPolicy('kube-default', defaultScorers),
  weighsTaints: true,
});

export const kubeDefaultType = policyType({
  name: 'kube-default',
  about: "kube-scheduler's default scores: by requests, taints, affinity, spread and images, not by use.",
  settings: z.strictObject({}),
  create: kubeDefault,
});
