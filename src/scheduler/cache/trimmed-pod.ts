import type { Container, Pod } from '../../api/kubernetes.js';
import { estimatePrefix } from '../../scheduling/index.js';

/** What the scheduler keeps of a pod: what decides where pods go. Most of a pod is how its programs are run. */
export function trimmedPod({ apiVersion, kind, metadata, spec, status }: Pod): Pod {
  const { namespace, name, uid, resourceVersion, creationTimestamp, deletionTimestamp, labels } = metadata;
  const annotations = Object.entries(metadata.annotations ?? {}).filter(([key]) => key.startsWith(estimatePrefix));
  return {
    apiVersion,
    kind,
    metadata: {
      name,
      uid,
      resourceVersion,
      creationTimestamp,
      ...(namespace !== undefined && { namespace }),
      ...(deletionTimestamp !== undefined && { deletionTimestamp }),
      ...(labels && { labels }),
      ...(annotations.length > 0 && { annotations: Object.fromEntries(annotations) }),
    },
    ...(spec && {
      spec: {
        ...spec,
        containers: spec.containers.map(trimmed),
        initContainers: (spec.initContainers ?? []).map(trimmed),
      },
    }),
    ...(status && { status }),
  };
}

function trimmed({
  name,
  image,
  resources,
  ports,
  restartPolicy,
  resizePolicy,
  restartPolicyRules,
  volumeMounts = [],
}: Container): Container {
  const optioned = volumeMounts.filter(({ bindMountOptions }) => bindMountOptions?.length);
  return {
    name,
    ...(image !== undefined && { image }),
    ...(resources && { resources }),
    ...(ports && { ports }),
    ...(restartPolicy !== undefined && { restartPolicy }),
    ...(resizePolicy && { resizePolicy }),
    ...(restartPolicyRules && { restartPolicyRules }),
    ...(optioned.length > 0 && { volumeMounts: optioned }),
  };
}
