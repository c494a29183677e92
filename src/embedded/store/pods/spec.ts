import type { PodSpec } from '../../../api/kubernetes.js';
import { isObject, type Item } from '../json.js';

const none: PodSpec = { containers: [] };

/** The spec of a pod that was read by its shape (`kinds/shapes.ts`), by which fields have the types that Kubernetes gives them. */
export const specOf = (pod: Item): PodSpec => (isSpec(pod.spec) ? pod.spec : none);

const isSpec = (spec: unknown): spec is PodSpec => isObject(spec) && Array.isArray(spec.containers);
