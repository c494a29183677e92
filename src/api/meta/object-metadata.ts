import { z } from 'zod';

const dnsSubdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const nameWords = 'must be lower-case letters, digits, - and ., with a letter or digit first and last';

/** Pods carry the names of their pool and their claim as labels, and a label's value has at most 63 characters. */
export const longestName = 63;

const anything = z.unknown().optional();

/** `metav1.ObjectMeta` as far as a user can get it wrong; the server's own fields are let pass. */
export const objectMetadata = z
  .strictObject({
    name: z.string().min(1).max(longestName).regex(dnsSubdomain, nameWords).optional(),
    generateName: z.string().max(247).optional(),
    namespace: z.string().max(63).optional(),
    labels: z.record(z.string(), z.string()).optional(),
    annotations: z.record(z.string(), z.string()).optional(),
    finalizers: z.array(z.string()).optional(),
    ownerReferences: anything,
    uid: anything,
    resourceVersion: anything,
    generation: anything,
    creationTimestamp: anything,
    deletionTimestamp: anything,
    deletionGracePeriodSeconds: anything,
    managedFields: anything,
    selfLink: anything,
  })
  .refine(({ name, generateName }) => Boolean(name ?? generateName), {
    path: ['name'],
    error: 'is required',
    params: { reason: 'FieldValueRequired' },
  });
