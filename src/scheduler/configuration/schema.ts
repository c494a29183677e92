import { z } from 'zod';
import { duration, objectName } from '../../api/fields.js';
import { loadSettings, priceSettings } from '../../scheduling/index.js';

/** What the scheduler is told in a file: how pods are placed, and from where the use of nodes is read. */

export const apiVersion = 'scheduler.penstock.dev/v1alpha1';
export const kind = 'SchedulerConfiguration';
/** The name that pods give in `spec.schedulerName` unless the configuration has others. */
export const defaultSchedulerName = 'penstock-scheduler';
/** As whom kubelets are asked unless the configuration names another: the account that an installation makes for it. */
export const defaultReaderAccount = 'penstock-use-reader';

const policy = z
  .strictObject({
    name: z.string().min(1).describe('One of `penstock scheduler policies`.'),
    settings: z.record(z.string(), z.unknown()).optional().describe("The policy's own settings."),
  })
  .describe('A policy and its settings.');

const preemption = z
  .strictObject({
    policy: z
      .enum(['load-aware', 'kube-default'])
      .default('load-aware')
      .describe(
        'Which pods of a lower priority go. kube-default: as kube-scheduler chooses; load-aware: of those that are equal to it, pods whose use is unsteady first.',
      ),
    load: loadSettings.prefault({}),
  })
  .describe('How pods of a lower priority make room for pods that fit nowhere.');

const profile = z.strictObject({
  schedulerName: objectName.describe('What its pods name in spec.schedulerName.'),
  policy: policy
    .default({ name: 'balance' })
    .describe('For pods one at a time: services. A scoring policy; default: balance.'),
  batchPolicy: z
    .union([policy, z.null()])
    .default({ name: 'max-weight' })
    .describe(
      'For pods that run to completion, all that wait at once. A batch policy; default: max-weight; null: `policy` places them too.',
    ),
  preemption: z
    .union([preemption, z.null()])
    .prefault({})
    .describe('Default: load-aware; null: pods wait, whatever their priority.'),
});

const window = {
  interval: duration.default('15s').describe('How often the source is read.'),
  window: duration.default('5m').describe('What the figures are the mean of.'),
  maxAge: duration.optional().describe('Older figures count no more. Default: three intervals and 30 s.'),
};
const tls = {
  caFile: z
    .string()
    .min(1)
    .optional()
    .describe('Certificates, PEM, of those who may have signed the certificates of the servers.'),
  insecureSkipTLSVerify: z
    .boolean()
    .default(false)
    .describe('Takes any certificate. Whoever answers at the address then gets the token.'),
};

const sourceOf = (reader: string) =>
  z
    .discriminatedUnion('source', [
      z
        .strictObject({ source: z.literal('none') })
        .describe('Nothing is measured: what pods request stands for what they use.'),
      z
        .strictObject({ source: z.literal('metrics-api'), ...window })
        .describe('metrics.k8s.io, as metrics-server serves it: cpu and memory.'),
      z
        .strictObject({
          source: z.literal('kubelet'),
          ...window,
          ...tls,
          serviceAccount: objectName
            .default(reader)
            .describe(
              'As whom kubelets are asked: an account of the own namespace that may do nothing else, since each kubelet sees its token.',
            ),
          tokenFile: z
            .string()
            .min(1)
            .optional()
            .describe('A file with the token for kubelets, instead of one of the service account.'),
          disk: z.enum(['none', 'cadvisor']).default('none').describe('From where the bytes of disks are read.'),
        })
        .describe('Every kubelet itself: cpu, memory, network and pressure.'),
      z
        .strictObject({
          source: z.literal('prometheus'),
          ...window,
          ...tls,
          url: z.url().describe('Of Prometheus, such as http://prometheus.monitoring:9090.'),
          tokenFile: z.string().min(1).optional().describe('A file with a token for Prometheus.'),
          label: z
            .string()
            .regex(/^[a-zA-Z_][a-zA-Z0-9_]{0,62}$/, 'must be the name of a label of Prometheus')
            .optional()
            .describe('The label that names the node, or its address: `$label` in queries. Default: instance.'),
          queries: z
            .record(z.string(), z.string())
            .optional()
            .describe('A query for each resource. Default: those for node_exporter.'),
        })
        .describe('Queries to Prometheus, one for each resource.'),
    ])
    .describe('From where the use of nodes is read. Default: metrics-api.');

/**
 * From where the use of nodes is read; unless something else is said, the metrics API.
 * @param reader as whom kubelets are asked unless another account is named
 */
export function useConfigurationOf(reader: string) {
  const use = sourceOf(reader);
  return use.default(use.parse({ source: 'metrics-api' }));
}

const defaultProfile = { schedulerName: defaultSchedulerName };

export const schedulerConfiguration = z.strictObject({
  apiVersion: z.literal(apiVersion),
  kind: z.literal(kind),
  profiles: z
    .array(profile)
    .min(1)
    .max(16)
    .default([profile.parse(defaultProfile)]),
  use: useConfigurationOf(defaultReaderAccount),
  prices: priceSettings.prefault({}).describe('What `penstock explain` reckons the cost of a pod with.'),
  recordsScheduled: z.boolean().default(true).describe('Whether an Event says of each pod where it went.'),
});

export type SchedulerConfiguration = z.output<typeof schedulerConfiguration>;
export type UseConfiguration = SchedulerConfiguration['use'];
