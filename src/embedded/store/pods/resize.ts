import { Forbidden, type Cause } from '../../../cluster/errors.js';
import { amountOf, podRequests, qosClass } from '../../../scheduling/index.js';
import { equal, isObject, type Item, type JsonObject, listOf, objectAt } from '../json.js';
import { forbiddenField, wrong } from '../refusals.js';
import { specOf } from './spec.js';

/** The `resize` subresource: cpu and memory of containers, in place (`ValidatePodResize` of Kubernetes). */

const lists = ['containers', 'initContainers'] as const;

/** The old pod with the resources and resize policies of the new one; the new one where containers came or went. */
export function onlyResources(pod: Item, old: Item): Item {
  const spec = objectAt(pod.spec);
  const before = objectAt(old.spec);
  if (lists.some((list) => listOf(spec[list]).length !== listOf(before[list]).length)) return pod;
  const result: Record<string, unknown> = { ...before };
  for (const list of lists)
    if (before[list] !== undefined) result[list] = resized(listOf(spec[list]), listOf(before[list]));
  return { ...pod, metadata: old.metadata, spec: result, status: old.status };
}

function resized(containers: readonly unknown[], before: readonly unknown[]): readonly unknown[] {
  if (containers.some((container, index) => objectAt(container).name !== objectAt(before[index]).name))
    return containers;
  return before.map((old, index) => {
    const { resources: _resources, resizePolicy: _policy, ...rest } = objectAt(old);
    const { resources, resizePolicy } = objectAt(containers[index]);
    return {
      ...rest,
      ...(resources === undefined ? {} : { resources }),
      ...(resizePolicy === undefined ? {} : { resizePolicy }),
    };
  });
}

export function resizeCauses(pod: Item, old: Item): readonly Cause[] {
  const spec = objectAt(pod.spec);
  const before = objectAt(old.spec);
  const causes: Cause[] = [];
  const quality = qosClass(specOf(pod));
  if (quality !== objectAt(old.status).qosClass)
    causes.push(wrong('spec', objectAt(old.status).qosClass, 'Pod QOS Class may not change as a result of resizing'));
  if (!nodeCanResize(old)) causes.push(forbiddenField('spec', 'Pod running on node without support for resize'));
  const order = orderCauses(spec, before);
  if (order.length > 0) return [...causes, ...order];
  for (const list of lists)
    for (const [index, container] of listOf(spec[list]).entries()) {
      const was = objectAt(listOf(before[list])[index]);
      causes.push(...containerCauses(objectAt(container), was, list, `spec.${list}[${index}]`));
    }
  return causes;
}

/** A node that reports no resources of running containers is too old to resize them. */
function nodeCanResize(pod: Item): boolean {
  const running = listOf(objectAt(pod.status).containerStatuses)
    .map((status) => objectAt(status))
    .find((status) => isObject(objectAt(status.state).running));
  return running === undefined || running.resources !== undefined;
}

function orderCauses(spec: JsonObject, before: JsonObject): readonly Cause[] {
  return lists.flatMap((list) => {
    const containers = listOf(spec[list]);
    const old = listOf(before[list]);
    if (containers.length !== old.length)
      return [forbiddenField(`spec.${list}`, `${list} may not be added or removed on resize`)];
    return containers.flatMap((container, index) =>
      objectAt(container).name === objectAt(old[index]).name
        ? []
        : [forbiddenField(`spec.${list}[${index}].name`, `${list} may not be renamed or reordered on resize`)],
    );
  });
}

function containerCauses(container: JsonObject, was: JsonObject, list: string, path: string): readonly Cause[] {
  const causes: Cause[] = [];
  if (equal(container, was)) return causes;
  for (const amounts of ['requests', 'limits'] as const) {
    const now = objectAt(container, 'resources', amounts);
    if (Object.keys(objectAt(was, 'resources', amounts)).some((resource) => now[resource] === undefined))
      causes.push(forbiddenField(`${path}.resources.${amounts}`, `resource ${amounts} cannot be removed`));
  }
  if (!equal(withoutCpuAndMemory(container), withoutCpuAndMemory(was)))
    causes.push(
      list === 'containers'
        ? forbiddenField('spec', 'only cpu and memory resources are mutable')
        : forbiddenField(path, 'only cpu and memory resources for init or sidecar containers are mutable'),
    );
  return causes;
}

function withoutCpuAndMemory(container: JsonObject): JsonObject {
  const { resources, ...rest } = container;
  const others: Record<string, unknown> = {};
  for (const [field, value] of Object.entries(objectAt(resources))) {
    if (!isObject(value)) {
      others[field] = value;
      continue;
    }
    const { cpu: _cpu, memory: _memory, ...amounts } = value;
    if (Object.keys(amounts).length > 0) others[field] = amounts;
  }
  return { ...rest, resources: others };
}

/** What the server's PodResize plugin refuses: more than the node could ever give. `node`: the pod's, if it exists. */
export function refuseTooLarge(pod: Item, node: Item | undefined): void {
  const spec = objectAt(pod.spec);
  const refused = (why: string) => new Forbidden(`pods "${pod.metadata.name}" is forbidden: ${why}`);
  if (!node) throw refused(`node "${String(spec.nodeName)}" not found`);
  const system = node.metadata.labels?.['kubernetes.io/os'];
  if (system !== undefined && system !== 'linux')
    throw refused(`pod resize is only supported on linux nodes, node "${node.metadata.name}" is "${system}"`);
  const allocatable = objectAt(node.status, 'allocatable');
  const requests = podRequests(specOf(pod));
  const over = (['cpu', 'memory'] as const).flatMap((resource) => {
    const asked = requests[resource] ?? 0;
    const amount = allocatable[resource];
    const there = typeof amount === 'string' || typeof amount === 'number' ? amountOf(resource, amount) : 0;
    return asked > there ? [`${resource}, requested: ${asked}, allocatable: ${there}`] : [];
  });
  if (over.length > 0) throw refused(`node didn't have enough allocatable resources: ${over.join('; ')}`);
}
