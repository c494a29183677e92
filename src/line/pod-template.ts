/** Pods as the line makes them: the pool's template with Penstock's marks and its configuration volume. */
import { ownFiles } from '../api/configuration.js';
import { ContainerClaim } from '../api/container-claim.js';
import { ContainerPool, type TemplatedPool } from '../api/container-pool.js';
import type { Container, Pod, PodSpec, PodTemplate } from '../api/kubernetes.js';
import { controllerReference } from '../api/meta/kind.js';
import type { DraftMetadata } from '../api/meta/metadata.js';
import type { Draft } from '../api/meta/resource.js';
import { annotations, fileAnnotation, labels, states } from '../api/names.js';
import { ownVolumes } from '../api/pod-template.js';
import { fingerprint } from '../support/digest.js';
import type { Random } from '../support/random.js';
import { second } from '../support/time.js';
import { type Delivery, deliveredMarks, type Marks } from './delivered-marks.js';
import { comesBack } from './latch/pod-latch.js';
import { latchedSpec } from './latch/pod-spec.js';
import { latchScript } from './latch/script.js';
import { mainContainerName, withMainContainer } from './main-container.js';
import { wantedResources } from './stages/resize/resources.js';

/** Objects never change, so a spec's fingerprint is made once: every look at the stock asks for it. */
const fingerprints = new WeakMap<TemplatedPool['spec'], string>();

/** A fingerprint of all that a pool's containers are made from: two that differ are different stock. */
export function templateFingerprint({ spec }: Pick<TemplatedPool, 'spec'>): string {
  const known = fingerprints.get(spec);
  if (known !== undefined) return known;
  const made = fingerprint({ template: spec.template, configuration: spec.configuration, ...latchIn(spec) });
  fingerprints.set(spec, made);
  return made;
}

/** What of a latch the containers are made from; nothing where there is none. */
function latchIn({ latch }: ContainerPool['spec']) {
  const { keepFor: _, ...latching } = latch;
  return latch.mode === 'None' ? {} : { latch: latching, script: latchScript };
}

/** A container for stock: owned by the pool, marked `stocked`; it can be delivered once it is ready. */
export function stockedPod(pool: TemplatedPool, random: Random): Draft<Pod> {
  const name = podName(pool, pool.metadata.name, random);
  return {
    metadata: { ...name, ...stockedMarks(pool), ownerReferences: [controllerReference(ContainerPool, pool)] },
    spec: configurableSpec(pool, name.name),
  };
}

/** Where pods have Secrets, a pod's name must be known before there is a pod: its volume names the Secret. */
function podName(
  { metadata: { namespace }, spec: { configuration } }: TemplatedPool,
  prefix: string,
  random: Random,
): DraftMetadata {
  const given =
    configuration.secretPath === undefined
      ? { generateName: `${prefix}-` }
      : { name: `${prefix}-${random.suffix(suffixLength)}` };
  return { ...given, ...(namespace === undefined ? {} : { namespace }) };
}

/** Longer than the server's own five: it tries again when a name is taken, here that costs a reconcile. */
const suffixLength = 8;

/** Labels and annotations of a container in stock. */
export function stockedMarks(pool: TemplatedPool): Marks {
  const { template, latch } = pool.spec;
  return {
    labels: {
      ...template.metadata?.labels,
      [labels.pool]: pool.metadata.name,
      [labels.state]: states.stocked,
      [labels.template]: templateFingerprint(pool),
    },
    annotations: {
      ...template.metadata?.annotations,
      [annotations.safeToEvict]: 'true',
      ...mainMark(template),
      ...(latch.mode === 'None' ? {} : { [annotations.latchMode]: latch.mode }),
      ...(latch.reuse === 'Never' ? {} : { [annotations.reuse]: latch.reuse }),
    },
  };
}

/** By its name the main container is found again, whatever admission puts beside it. */
function mainMark(template: PodTemplate): Readonly<Record<string, string>> {
  const name = mainContainerName(template);
  return name === undefined ? {} : { [annotations.mainContainer]: name };
}

/** A container made for a claim because the stock was empty: as if stocked and handed over, but born with its size and image. */
export function coldPod(pool: TemplatedPool, delivery: Delivery, random: Random): Draft<Pod> {
  const name = podName(pool, delivery.claim.metadata.name, random);
  const stocked = stockedMarks(pool);
  const spec = configurableSpec(pool, name.name);
  const marks = deliveredMarks(delivery, { metadata: stocked, spec });
  const { expiresAt } = delivery;
  const { image } = delivery.slot.item;
  const own = image === undefined ? {} : { image };
  const deadline =
    expiresAt === undefined || comesBack({ metadata: stocked }, delivery.claim)
      ? {}
      : { activeDeadlineSeconds: Math.max(1, Math.ceil((expiresAt - delivery.now) / second)) };
  const sized = withMainContainer({ metadata: stocked, spec }, (main) => ({
    ...main,
    ...own,
    resources: wantedResources(delivery.slot.item, main),
  }));
  return {
    metadata: {
      ...name,
      labels: { ...stocked.labels, ...marks.labels },
      annotations: { ...stocked.annotations, ...marks.annotations },
      ownerReferences: [controllerReference(ContainerClaim, delivery.claim)],
    },
    ...(sized && { spec: { ...sized, ...deadline } }),
  };
}

/**
 * The template's spec with a volume in which the container finds its configuration as files.
 * @param name the pod's, where that is known before it is made
 */
export function configurableSpec(pool: TemplatedPool, name: string | undefined): PodSpec | undefined {
  const { template, configuration, latch, fromDeployment } = pool.spec;
  const { spec } = template;
  // a container that may become a Deployment's is as its ReplicaSet would have made it
  if (!spec || fromDeployment) return spec;
  if (latch.mode !== 'None') return latchedSpec(spec, pool, latch.mode, name);
  const mounted = (container: Container): Container => ({
    ...container,
    volumeMounts: [
      ...(container.volumeMounts ?? []),
      { name: ownVolumes.configuration, mountPath: configuration.mountPath, readOnly: true },
    ],
  });
  return {
    ...spec,
    containers: spec.containers.map(mounted),
    volumes: [
      ...(spec.volumes ?? []),
      { name: ownVolumes.configuration, downwardAPI: { items: configurationFiles(configuration.files) } },
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
