import type { Host } from './host.js';
import type { VirtualMachine } from './virtual-machine.js';

/** A machine is to move to another host while it runs. */
export interface Migration {
  readonly machine: VirtualMachine;
  readonly target: Host;
}

/** Decides where machines run. */
export interface Consolidation {
  /** A host for a machine that comes, and asks for all that it has; `undefined`: there is none. @param roomy hosts that have room for it */
  place(machine: VirtualMachine, roomy: readonly Host[]): Host | undefined;
  /** Once each interval, when all have been updated. Leaves the hosts as they are. @param at in seconds */
  plan(hosts: readonly Host[], at: number): readonly Migration[];
}

/** Machines stay where they are, and the clock of a host follows its use. */
export const dvfs: Consolidation = { place: (_, [first]) => first, plan: () => [] };
