import type { Cause } from '../../../cluster/errors.js';
import { milliValue, parseQuantity } from '../../../support/quantity.js';
import { isObject, type JsonObject, listOf, objectAt, shown, textOf } from '../json.js';
import { labelNameProblems, qualifiedNameProblems } from '../names.js';
import { duplicate, notFoundField, required, unsupported, wrong } from '../refusals.js';

/**
 * What is wrong with a pod spec, at `path`: the mistakes that people make. Not covered, and accepted where a server
 * refuses: affinity, security contexts, most volume sources, DNS settings, pod-level resources.
 */
export function podSpecCauses(spec: JsonObject, path: string): readonly Cause[] {
  const causes: Cause[] = [];
  const volumes = volumeCauses(spec, `${path}.volumes`, causes);
  const names = new Set<string>();
  if (listOf(spec.containers).length === 0) causes.push(required(`${path}.containers`));
  for (const list of ['containers', 'initContainers'])
    for (const [index, container] of listOf(spec[list]).entries())
      causes.push(...containerCauses(objectAt(container), `${path}.${list}[${index}]`, { names, volumes }));
  causes.push(
    ...oneOf(spec.restartPolicy, ['Always', 'OnFailure', 'Never'], `${path}.restartPolicy`),
    ...oneOf(spec.dnsPolicy, ['ClusterFirst', 'ClusterFirstWithHostNet', 'Default', 'None'], `${path}.dnsPolicy`),
    ...tolerationCauses(listOf(spec.tolerations), `${path}.tolerations`),
  );
  if (spec.dnsPolicy === 'None' && listOf(objectAt(spec.dnsConfig).nameservers).length === 0)
    causes.push(required(`${path}.dnsConfig`, 'must provide `dnsConfig` when `dnsPolicy` is None'));
  const { activeDeadlineSeconds: deadline } = spec;
  if (typeof deadline === 'number' && (deadline < 1 || deadline > 2 ** 31 - 1))
    causes.push(wrong(`${path}.activeDeadlineSeconds`, deadline, 'must be between 1 and 2147483647, inclusive'));
  for (const [index, gate] of listOf(spec.schedulingGates).entries()) {
    const name = textOf(objectAt(gate).name);
    for (const problem of qualifiedNameProblems(name))
      causes.push(wrong(`${path}.schedulingGates[${index}]`, name, problem));
  }
  return causes;
}

const oneOf = (value: unknown, values: readonly string[], field: string): readonly Cause[] =>
  value === undefined || values.includes(shown(value)) ? [] : [unsupported(field, value, values)];

function volumeCauses(spec: JsonObject, path: string, causes: Cause[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const [index, volume] of listOf(spec.volumes).entries()) {
    const field = `${path}[${index}]`;
    const { name, ...sources } = objectAt(volume);
    const text = textOf(name);
    if (text === '') causes.push(required(`${field}.name`));
    else for (const problem of labelNameProblems(text)) causes.push(wrong(`${field}.name`, text, problem));
    if (names.has(text)) causes.push(duplicate(`${field}.name`, text));
    if (Object.keys(sources).length > 1)
      causes.push({
        field,
        reason: 'FieldValueForbidden',
        message: 'Forbidden: may not specify more than 1 volume type',
      });
    names.add(text);
  }
  return names;
}

interface Seen {
  readonly names: Set<string>;
  readonly volumes: ReadonlySet<string>;
}

function containerCauses(container: JsonObject, path: string, { names, volumes }: Seen): readonly Cause[] {
  const causes: Cause[] = [];
  const name = textOf(container.name);
  if (name === '') causes.push(required(`${path}.name`));
  else for (const problem of labelNameProblems(name)) causes.push(wrong(`${path}.name`, name, problem));
  if (names.has(name)) causes.push(duplicate(`${path}.name`, name));
  names.add(name);
  if (textOf(container.image) === '') causes.push(required(`${path}.image`));
  for (const [index, port] of listOf(container.ports).entries())
    causes.push(...portCauses(objectAt(port), `${path}.ports[${index}]`));
  for (const [index, variable] of listOf(container.env).entries())
    causes.push(...variableCauses(objectAt(variable), `${path}.env[${index}]`));
  const mounts = new Set<string>();
  for (const [index, mount] of listOf(container.volumeMounts).entries()) {
    const field = `${path}.volumeMounts[${index}]`;
    const { name: volume, mountPath } = objectAt(mount);
    if (textOf(volume) === '') causes.push(required(`${field}.name`));
    else if (!volumes.has(textOf(volume))) causes.push(notFoundField(`${field}.name`, volume));
    if (textOf(mountPath) === '') causes.push(required(`${field}.mountPath`));
    if (mounts.has(textOf(mountPath))) causes.push(wrong(`${field}.mountPath`, mountPath, 'must be unique'));
    mounts.add(textOf(mountPath));
  }
  causes.push(...oneOf(container.imagePullPolicy, ['Always', 'IfNotPresent', 'Never'], `${path}.imagePullPolicy`));
  return [...causes, ...resourceCauses(objectAt(container.resources), `${path}.resources`)];
}

function portCauses(port: JsonObject, path: string): readonly Cause[] {
  const number = port.containerPort;
  const range = 'must be between 1 and 65535, inclusive';
  if (!number) return [required(`${path}.containerPort`)];
  const causes: Cause[] = [];
  if (typeof number !== 'number' || number < 1 || number > 65535)
    causes.push(wrong(`${path}.containerPort`, number, range));
  return [...causes, ...oneOf(port.protocol, ['SCTP', 'TCP', 'UDP'], `${path}.protocol`)];
}

function variableCauses(variable: JsonObject, path: string): readonly Cause[] {
  const name = textOf(variable.name);
  if (name === '') return [required(`${path}.name`)];
  const causes: Cause[] = [];
  if (!/^[\x20-\x3c\x3e-\x7e]+$/.test(name))
    causes.push(
      wrong(
        `${path}.name`,
        name,
        "a valid environment variable name must consist only of printable ASCII characters other than '='",
      ),
    );
  if (isObject(variable.valueFrom) && variable.value)
    causes.push(wrong(`${path}.valueFrom`, '', 'may not be specified when `value` is not empty'));
  return causes;
}

const containerResource = /^(cpu|memory|ephemeral-storage|hugepages-.+|.+\/.+)$/;

function resourceCauses(resources: JsonObject, path: string): readonly Cause[] {
  const causes: Cause[] = [];
  for (const list of ['limits', 'requests'])
    for (const [resource, amount] of Object.entries(objectAt(resources[list]))) {
      const field = `${path}.${list}`;
      if (!containerResource.test(resource))
        causes.push(wrong(field, resource, 'must be a standard resource for containers'));
      if ((typeof amount === 'string' || typeof amount === 'number') && (parseQuantity(amount) ?? 0) < 0)
        causes.push(wrong(`${field}[${resource}]`, amount, 'must be greater than or equal to 0'));
    }
  const limits = objectAt(resources.limits);
  for (const [resource, amount] of Object.entries(objectAt(resources.requests))) {
    const limit = limits[resource];
    if (limit !== undefined && milliOf(amount) > milliOf(limit))
      causes.push(
        wrong(`${path}.requests`, amount, `must be less than or equal to ${resource} limit of ${shown(limit)}`),
      );
  }
  return causes;
}

const milliOf = (amount: unknown): number =>
  typeof amount === 'string' || typeof amount === 'number' ? milliValue(amount) : 0;

function tolerationCauses(tolerations: readonly unknown[], path: string): readonly Cause[] {
  return tolerations.flatMap((toleration, index) => {
    const { key, operator, value, effect, tolerationSeconds } = objectAt(toleration);
    const field = `${path}[${index}]`;
    const causes: Cause[] = [];
    if (!key && operator !== 'Exists')
      causes.push(
        wrong(
          `${field}.operator`,
          operator ?? '',
          'operator must be Exists when `key` is empty, which means "match all values and all keys"',
        ),
      );
    if (tolerationSeconds !== undefined && effect !== 'NoExecute')
      causes.push(wrong(`${field}.effect`, effect ?? '', "effect must be 'NoExecute' when `tolerationSeconds` is set"));
    if (operator === 'Exists' && value)
      causes.push(wrong(`${field}.operator`, value, "value must be empty when `operator` is 'Exists'"));
    causes.push(...oneOf(operator || undefined, ['Equal', 'Exists'], `${field}.operator`));
    causes.push(...oneOf(effect || undefined, ['NoSchedule', 'PreferNoSchedule', 'NoExecute'], `${field}.effect`));
    return causes;
  });
}
