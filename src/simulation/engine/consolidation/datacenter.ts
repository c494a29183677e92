import type { Migration } from './consolidation.js';
import type { Host } from './host.js';
import type { VirtualMachine } from './virtual-machine.js';

/** When CloudSim's machines begin to work, and so the offset of all later events, in seconds. */
export const workBegins = 0.1;

/** Hosts and machines as time passes. Times in seconds. */
export class Datacenter {
  #updatedAt = 0;

  /** @param machines those that are on a host */
  constructor(
    readonly hosts: readonly Host[],
    private machines: readonly VirtualMachine[],
    private readonly interval: number,
  ) {}

  /** Everything gets what it asks for now, and the time before is counted. Machines that ask for nothing any more have ended, and go. */
  update(at: number): void {
    for (const machine of this.machines) machine.update(at);
    if (at > this.#updatedAt && (at - workBegins) % this.interval === 0) this.#remember(at);
    for (const host of this.hosts) host.update(at);
    if (at > this.#updatedAt) for (const host of this.hosts) host.draw(at - this.#updatedAt);
    this.#removeEnded();
    this.#updatedAt = at;
  }

  /** @param at when everything was updated last */
  begin(migrations: readonly Migration[], at: number): void {
    const changed = new Set<Host>();
    for (const { machine, target } of migrations) {
      machine.isMigrating = true;
      if (target.incoming.has(machine)) continue;
      target.incoming.add(machine);
      target.put(machine);
      changed.add(target);
      if (machine.host) changed.add(machine.host);
    }
    for (const host of changed) host.update(at);
  }

  /** @param isLast whether no other migration ends at this instant */
  finish({ machine, target }: Migration, at: number, isLast: boolean): void {
    if (at > this.#updatedAt) this.update(at);
    machine.host?.remove(machine);
    target.incoming.delete(machine);
    target.remove(machine);
    machine.isMigrating = false;
    machine.host = target;
    target.put(machine);
    if (isLast) this.update(at);
  }

  end(): void {
    for (const host of this.hosts) host.end();
    for (const machine of this.machines) machine.end();
  }

  #remember(at: number): void {
    for (const machine of this.machines) machine.remember(at);
    for (const host of this.hosts) host.changed();
  }

  #removeEnded(): void {
    const ended = this.machines.filter(({ isMigrating, requested }) => !isMigrating && requested === 0);
    if (ended.length === 0) return;
    for (const machine of ended) {
      machine.host?.remove(machine);
      machine.host = undefined;
      machine.end();
    }
    this.machines = this.machines.filter(({ host }) => host !== undefined);
  }
}
