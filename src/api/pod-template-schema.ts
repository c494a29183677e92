/** What a pool's template may say where that is not all that a pod's may. */
import { z } from 'zod';
import { templateQuantity, text } from './fields.js';
import { userAnnotations, userLabels } from './reserved.js';
import { keyed } from './schema/keyed.js';
import { ruled } from './schema/rule.js';
import { either } from './schema/wording.js';
import { ownVolumes } from './pod-template.js';

const ownNames: readonly string[] = Object.values(ownVolumes);

const dnsLabel = z
  .string()
  .max(63)
  .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, 'must be lower-case letters, digits and -, at most 63');

/** What the operator adds to every container itself. */
const notOurs = <Schema extends z.ZodType<string>>(schema: Schema) =>
  ruled(schema, {
    rule: `!(self in [${ownNames.map((name) => `'${name}'`).join(', ')}])`,
    message: `must not be ${either(ownNames)}: the pool adds these itself`,
    reason: 'FieldValueForbidden',
    check: (name) => !ownNames.includes(name),
  });

const volume = z.looseObject({ name: notOurs(dnsLabel) });
const volumeMount = z.looseObject({ name: notOurs(dnsLabel), mountPath: text(1024) });

const amounts = z.record(z.string(), templateQuantity).optional();
const resources = z.looseObject({ requests: amounts, limits: amounts });

const container = z.looseObject({
  name: dnsLabel,
  image: z.string().min(1).max(1024),
  command: z.array(text(4096)).max(256).optional(),
  volumeMounts: z.array(volumeMount).max(64).optional(),
  resources: resources.optional(),
});

const containers = keyed('name', container).max(16);

const podSpec = ruled(
  z.looseObject({
    containers: containers.min(1),
    initContainers: containers.optional(),
    resources: resources.optional(),
    volumes: keyed('name', volume).max(64).optional(),
    restartPolicy: z.enum(['Always', 'OnFailure', 'Never']).optional(),
    activeDeadlineSeconds: z.int().optional(),
  }),
  {
    rule: '!has(self.activeDeadlineSeconds)',
    message:
      'must not be set: it would end stock and delivered containers alike; use spec.expireAfter for stock, lifetime for claims',
    field: 'activeDeadlineSeconds',
    reason: 'FieldValueForbidden',
    check: (spec) => spec.activeDeadlineSeconds === undefined,
  },
);

/** What a template may say of its pods' metadata; their names, namespace and owner are the pool's to give. */
const givenByPool = ['name', 'generateName', 'namespace', 'ownerReferences'] as const;

const metadata = ruled(
  z.looseObject({
    labels: userLabels.optional(),
    annotations: userAnnotations.optional(),
    name: z.string().optional(),
    generateName: z.string().optional(),
    namespace: z.string().optional(),
    ownerReferences: z.array(z.looseObject({})).max(16).optional(),
  }),
  ...givenByPool.map((field) => ({
    rule: `!has(self.${field})`,
    message: 'must not be set: the pool gives it to each pod itself',
    field,
    reason: 'FieldValueForbidden' as const,
    check: (value: object) => !Object.hasOwn(value, field) || Reflect.get(value, field) === undefined,
  })),
);

export const podTemplate = z
  .looseObject({ metadata: metadata.optional(), spec: podSpec })
  .describe(
    'What every container of the pool is made from: a pod template, as in a Deployment. Its main container is the one that the annotation kubectl.kubernetes.io/default-container names, else the first.',
  );
