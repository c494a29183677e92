/** Pods as the line makes them: the pool's template with Penstock's marks and its configuration volume. */
import { ownFiles } from '../api/configuration.js';
import { ContainerClaim } from '../api/container-claim.js';
import { ContainerPool } from '../api/container-pool.js';
import type { Container, Pod, PodSpec } from '../api/kubernetes.js';
import { controllerReference } from '../api/meta/kind.js';
import type { Draft } from '../api/meta/resource.js';
import { annotations, fileAnnotation, labels, states } from '../api/names.js';
import { configurationVolume } from '../api/pod-template.js';
import { fingerprint } from '../support/digest.js';
import { type Instant, second } from '../support/time.js';
import { type Delivery, deliveredMarks } from './delivered-marks.js';
import { wantedResources } from './stages/resize/resources.js';

/** Objects never change, so a spec's fingerprint is made once: every look at the stock asks for it. */
const fingerprints = new WeakMap<ContainerPool['spec'], string>();

/** A fingerprint of all that a pool's containers are made from: two that differ are different stock. */
export function templateFingerprint({ spec }: Pick<ContainerPool, 'spec'>): string {
  const known = fingerprints.get(spec);
  if (known !== undefined) return known;
  const made = fingerprint({ template: spec.template, configuration: spec.configuration });
  fingerprints.set(spec, made);
  return made;
}

/** A container for stock: owned by the pool, marked `stocked`; it can be delivered once it is ready. */
export function stockedPod(pool: ContainerPool): Draft<Pod> {
  const { metadata } = pool.spec.template;
  return {
    metadata: {
      generateName: `${pool.metadata.name}-`,
      namespace: pool.metadata.namespace,
      labels: {
        ...metadata?.labels,
        [labels.pool]: pool.metadata.name,
        [labels.state]: states.stocked,
        [labels.template]: templateFingerprint(pool),
      },
      annotations: { ...metadata?.annotations, [annotations.safeToEvict]: 'true' },
      ownerReferences: [controllerReference(ContainerPool, pool)],
    },
    spec: configurableSpec(pool),
  };
}

/** A container made for a claim because the stock was empty: as if stocked and handed over, but born with its size. */
export function coldPod(pool: ContainerPool, delivery: Delivery, expiresAt: Instant | undefined): Draft<Pod> {
  const stocked = stockedPod(pool);
  const marks = deliveredMarks(delivery);
  const { spec } = stocked;
  const [first, ...others] = spec?.containers ?? [];
  const deadline =
    expiresAt === undefined
      ? {}
      : { activeDeadlineSeconds: Math.max(1, Math.ceil((expiresAt - delivery.now) / second)) };
  return {
    metadata: {
      generateName: `${delivery.claim.metadata.name}-`,
      namespace: pool.metadata.namespace,
      labels: { ...stocked.metadata.labels, ...marks.labels },
      annotations: { ...stocked.metadata.annotations, ...marks.annotations },
      ownerReferences: [controllerReference(ContainerClaim, delivery.claim)],
    },
    ...(spec && first
      ? {
          spec: {
            ...spec,
            ...deadline,
            containers: [{ ...first, resources: wantedResources(delivery.slot.item, first) }, ...others],
          },
        }
      : {}),
  };
}

/** The template's spec with a volume in which the container finds its configuration as files. */
function configurableSpec({ spec: { template, configuration } }: ContainerPool): PodSpec | undefined {
  const { spec } = template;
  if (!spec) return undefined;
  const mounted = (container: Container): Container => ({
    ...container,
    volumeMounts: [
      ...(container.volumeMounts ?? []),
      { name: configurationVolume, mountPath: configuration.mountPath, readOnly: true },
    ],
  });
  return {
    ...spec,
    containers: spec.containers.map(mounted),
    volumes: [
      ...(spec.volumes ?? []),
      { name: configurationVolume, downwardAPI: { items: configurationFiles(configuration.files) } },
    ],
  };
}

/** The kubelet keeps these files equal to the annotations, also while the container runs. */
function configurationFiles(files: readonly string[]) {
  const file = (path: string, annotation: string) => ({
    path,
    fieldRef: { fieldPath: `metadata.annotations['${annotation}']` },
  });
  return [
    file(ownFiles.env, annotations.env),
    file(ownFiles.claimUid, annotations.claimUid),
    file(ownFiles.index, annotations.index),
    file(ownFiles.item, annotations.item),
    ...files.map((name) => file(name, fileAnnotation(name))),
  ];
}
