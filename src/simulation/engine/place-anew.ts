/** All machines placed at once by a policy, of either kind. */
import type { Key } from '../../api/meta/resource.js';
import { ScheduleAlgorithm } from '../../scheduling/algorithm/schedule-algorithm.js';
import { kindOf } from '../../scheduling/configurations/room.js';
import type { PodShape } from '../../scheduling/pod-shape.js';
import type { BatchPolicy, Policy } from '../../scheduling/policies/policy.js';
import type { Amounts } from '../../scheduling/resources/amounts.js';
import { groupBy } from '../../support/group-by.js';
import type { Random } from '../../support/random.js';
import type { MachineHosts } from './machine-hosts.js';
import { everywhere, shapeOf } from './objects.js';

/**
 * All machines go off their hosts, then a policy places them: one by one, with what each of them is expected to use, or as classes of equal requests
 * with what those of a class use in the mean. What was measured of the hosts counts no more.
 *
 * @param order in which the machines come
 * @returns how many were left without a host
 */
export function placeAnew(hosts: MachineHosts, policy: Policy, order: readonly Key[], random: Random): number {
  for (const key of order) hosts.put(key, -1);
  for (const { row } of hosts.nodes.infos()) hosts.nodes.setUse(row, undefined);
  return policy.kind === 'score'
    ? hosts.replace(order, new ScheduleAlgorithm(policy)).length
    : placeClasses(hosts, policy, order, random);
}

function placeClasses(hosts: MachineHosts, policy: BatchPolicy, order: readonly Key[], random: Random): number {
  const classes = [...groupBy(order, (key) => kindOf(hosts.shapeOf(key))).values()].map((keys) => ({
    shape: classShape(keys.map((key) => hosts.shapeOf(key))),
    waiting: [...keys],
    arrivals: keys.length,
  }));
  let state = policy.start();
  for (;;) {
    const feasible = everywhere(hosts.nodes);
    const queues = classes.map(({ shape, waiting, arrivals }) => ({
      shape,
      length: waiting.length,
      arrivals,
      feasible,
    }));
    const placed = policy.place(queues, hosts.nodes, state, random);
    state = placed.state;
    for (const { queue, row, count } of placed.assignments)
      for (const key of classes[queue]?.waiting.splice(0, count) ?? []) hosts.put(key, row);
    for (const one of classes) one.arrivals = 0;
    const left = classes.reduce((sum, { waiting }) => sum + waiting.length, 0);
    if (left === 0 || placed.assignments.length === 0) return left;
  }
}

/** What pods of equal requests have in common, with the mean of what they are expected to use. */
function classShape(shapes: readonly PodShape[]): PodShape {
  const [first] = shapes;
  const { cpu = 0, memory = 0 } = first?.requests ?? {};
  const estimate: Record<string, number> = {};
  for (const { estimate: own } of shapes)
    for (const name in own) if (name !== 'pods') estimate[name] = (estimate[name] ?? 0) + (own[name] ?? 0);
  for (const name in estimate) estimate[name] = Math.round((estimate[name] ?? 0) / shapes.length);
  const means: Amounts = estimate;
  return shapeOf({ cpu, memory }, { estimate: means });
}
