/** Which machine leaves an overloaded host: the four rules of Beloglazov and Buyya (2012), as CloudSim 4.0 has them. */
import type { Random } from '../../../support/random.js';
import { multipleCorrelations } from './correlation.js';
import type { VirtualMachine } from './virtual-machine.js';

/** @param machines those that may leave, at least one */
export type MachineSelection = (machines: readonly VirtualMachine[]) => VirtualMachine | undefined;

export const selectionNames = ['mmt', 'mc', 'mu', 'rs'] as const;
export type SelectionName = (typeof selectionNames)[number];

/** The first of those of which something is least. */
function least(
  machines: readonly VirtualMachine[],
  by: (machine: VirtualMachine) => number,
): VirtualMachine | undefined {
  let [first, value] = [machines[0], Infinity];
  for (const machine of machines) if (by(machine) < value) [first, value] = [machine, by(machine)];
  return first;
}

/** Minimum migration time: the smallest memory. */
const leastMemory: MachineSelection = (machines) => least(machines, ({ type }) => type.memory);

/** Minimum use, as a share of what the machine has. */
const leastUse: MachineSelection = (machines) => least(machines, ({ requested, type }) => requested / type.mips);

/** Maximum correlation with the others on the host; least memory where that cannot be told. */
const mostCorrelated: MachineSelection = (machines) => {
  const correlations = multipleCorrelations(machines.map(({ history, remembered }) => history.subarray(0, remembered)));
  if (!correlations) return leastMemory(machines);
  let [first, most] = [0, Number.MIN_VALUE];
  for (const [index, correlation] of correlations.entries())
    if (correlation > most) [first, most] = [index, correlation];
  return machines[first];
};

export function machineSelection(name: SelectionName, random: Random): MachineSelection {
  switch (name) {
    case 'mmt':
      return leastMemory;
    case 'mc':
      return mostCorrelated;
    case 'mu':
      return leastUse;
    case 'rs':
      return (machines) => random.pick(machines);
  }
}
