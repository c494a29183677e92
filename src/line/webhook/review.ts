/** What a user's program is told of a container, and what it may answer. */
import { z } from 'zod';
import { duration, labelValue } from '../../api/fields.js';
import type { Pod } from '../../api/kubernetes.js';
import { apiVersionOf } from '../../api/meta/kind.js';
import { annotations, group, isFileAnnotation, labels, version } from '../../api/names.js';
import type { ContainerClaim } from '../../api/container-claim.js';
import type { Slot } from '../work.js';

/** Where in which chain the container stands. */
export interface Occasion {
  readonly line: string | undefined;
  readonly stage: string;
  /** How often it was tried before, as far as this operator knows. */
  readonly attempt: number;
}

/** Of what a stage works on: the claim is there where the container is its. */
export interface Subject {
  readonly pod?: Pod;
  readonly claim?: ContainerClaim;
  readonly slot?: Slot;
}

/** What configures the container is between its claim and the container. */
const confidential: ReadonlySet<string> = new Set([
  annotations.env,
  annotations.latch,
  'kubectl.kubernetes.io/last-applied-configuration',
]);

/** The body of a call, as an object: documented in docs/reference/stages.md. */
export function reviewOf({ pod, claim, slot }: Subject, occasion: Occasion): object {
  const { metadata, spec, status } = pod ?? {};
  return {
    apiVersion: apiVersionOf({ group, version }),
    kind: 'StageReview',
    line: occasion.line ?? 'built-in',
    stage: occasion.stage,
    attempt: occasion.attempt,
    pool: { namespace: metadata?.namespace, name: metadata?.labels?.[labels.pool] },
    ...(claim && {
      claim: {
        namespace: claim.metadata.namespace,
        name: claim.metadata.name,
        uid: claim.metadata.uid,
        tenant: claim.spec.tenant,
        item: slot?.itemName,
        index: slot?.index,
      },
    }),
    pod: {
      namespace: metadata?.namespace,
      name: metadata?.name,
      uid: metadata?.uid,
      labels: metadata?.labels ?? {},
      annotations: Object.fromEntries(
        Object.entries(metadata?.annotations ?? {}).filter(([key]) => !confidential.has(key) && !isFileAnnotation(key)),
      ),
      nodeName: spec?.nodeName,
      podIP: status?.podIP,
      hostIP: status?.hostIP,
      containers: (spec?.containers ?? []).map(({ name, image }) => {
        const known = status?.containerStatuses?.find((one) => one.name === name);
        return {
          name,
          image,
          imageID: known?.imageID,
          ready: known?.ready ?? false,
          restarts: known?.restartCount ?? 0,
        };
      }),
    },
  };
}

const answer = z.object({
  verdict: z.enum(['pass', 'retry', 'fail']),
  why: z.string().max(1024).optional(),
  after: duration.optional(),
  labels: z.record(z.string(), labelValue).optional(),
  annotations: z.record(z.string(), z.string().max(1024)).optional(),
});

export type Answer = z.output<typeof answer>;

/** What was answered, or what is wrong with it. */
export function readAnswer(text: string): Answer | { readonly wrong: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { wrong: 'the answer is not JSON' };
  }
  const { data, error } = answer.safeParse(value);
  if (data) return data;
  const [issue] = error.issues;
  return { wrong: `the answer is no verdict: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}` };
}
