import type { Pod } from '../../src/api/kubernetes.js';
import type { Case } from './case.js';

/** Lists of which a case can do without a member. */
const lists = [
  'pods',
  'nodes',
  'pvs',
  'pvcs',
  'csiNodes',
  'csiDrivers',
  'volumeAttachments',
  'services',
  'replicaSets',
  'storageClasses',
  'pdbs',
] as const;
/** Fields of a pod's spec that it can do without. */
const fields = [
  'initContainers',
  'overhead',
  'resources',
  'nodeSelector',
  'affinity',
  'topologySpreadConstraints',
  'tolerations',
  'volumes',
  'priority',
] as const;

/** A smaller case that still differs: members and fields are left out one by one as long as that is so. */
export async function shrink(question: Case, differs: (smaller: Case) => Promise<boolean>): Promise<Case> {
  let small = question;
  const attempt = async (smaller: Case): Promise<boolean> => {
    if (!(await differs(smaller))) return false;
    small = smaller;
    return true;
  };
  for (let again = true; again; ) {
    again = false;
    for (const list of lists)
      for (let index = small[list].length - 1; index >= 0; index--)
        if (await attempt(withNodesOnly({ ...small, [list]: small[list].filter((_, at) => at !== index) })))
          again = true;
    for (const smaller of withoutFields(small.pod)) if (await attempt({ ...small, pod: smaller })) again = true;
    for (let index = 0; index < small.pods.length; index++)
      for (const field of fields) {
        const pod = small.pods[index];
        if (!pod || !has(pod, field)) continue;
        if (await attempt({ ...small, pods: small.pods.with(index, without(pod, field)) })) again = true;
      }
  }
  return small;
}

const withoutFields = (pod: Pod): readonly Pod[] =>
  fields.filter((field) => has(pod, field)).map((field) => without(pod, field));

const has = ({ spec }: Pod, field: (typeof fields)[number]): boolean => spec?.[field] !== undefined;

function without(pod: Pod, field: (typeof fields)[number]): Pod {
  const { [field]: _, ...spec } = pod.spec ?? { containers: [] };
  return { ...pod, spec };
}

/** Pods are on nodes that exist. */
function withNodesOnly(question: Case): Case {
  const names = new Set(question.nodes.map(({ metadata }) => metadata.name));
  return {
    ...question,
    pods: question.pods.filter(({ spec }) => spec?.nodeName === undefined || names.has(spec.nodeName)),
  };
}
