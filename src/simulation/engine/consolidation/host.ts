import type { PowerModel } from '../../../scheduling/power/power-model.js';
import { intervalEnergy } from '../../../scheduling/power/power-model.js';
import type { ConsolidationHostType } from './host-types.js';
import { historyLength, type VirtualMachine } from './virtual-machine.js';

/** What a machine that is being migrated gets on the host that it leaves, of what it asks for, and what it costs the host to which it goes. */
const [leavingShare, comingShare] = [0.9, 0.1];

/** What happens on a host from an instant on. */
interface HostState {
  readonly at: number;
  readonly allocated: number;
  readonly requested: number;
}

/** A host, and the machines on it in the order in which they came. Cpu in MIPS, times in seconds, energy in joules. */
export class Host {
  readonly machines: VirtualMachine[] = [];
  /** Those of its machines that are being migrated to it, and run elsewhere still. */
  readonly incoming = new Set<VirtualMachine>();
  readonly mips: number;
  readonly power: PowerModel;
  /** The share of its cpu that was in use at the last update. */
  utilization = 0;
  energy = 0;
  /** How long it was on, and how long of that machines got less than they asked for. */
  readonly time = { active: 0, overloaded: 0 };
  /** How long it had been on each time that it was switched off. */
  readonly timesBeforeShutdown: number[] = [];
  /** The same at the update before. */
  #previous = 0;
  #last: HostState | undefined;
  #isActive = true;
  #activeSince = 0;
  #isAllocated = false;
  #available = 0;
  #used = 0;
  #allocated: number[] = [];
  #history: Float64Array | undefined;

  constructor(
    readonly index: number,
    readonly type: ConsolidationHostType,
  ) {
    this.mips = type.cores * type.coreMips;
    this.power = type.power;
  }

  /** What no machine has asked for. */
  get available(): number {
    this.#allocate();
    return this.#available;
  }

  /** What its machines get, and those that come will get when they run here. */
  get used(): number {
    this.#allocate();
    return this.#used;
  }

  /** What its machines ask for. */
  get requested(): number {
    let sum = 0;
    for (const { requested } of this.machines) sum += requested;
    return sum;
  }

  put(machine: VirtualMachine): void {
    this.machines.push(machine);
    this.changed();
  }

  remove(machine: VirtualMachine): void {
    const index = this.machines.indexOf(machine);
    if (index >= 0) this.machines.splice(index, 1);
    this.changed();
  }

  /** Its machines, or what they remember, are not what they were. */
  changed(): void {
    this.#isAllocated = false;
    this.#history = undefined;
  }

  /**
   * What share of this host was asked for in the last intervals, the newest first, by the machines that are on it now: so far as something was,
   * at least one.
   * @param candidate one that is not on it, and counts as if it were
   */
  history(candidate?: VirtualMachine): Float64Array {
    this.#history ??= this.#sumHistory();
    let sum = this.#history;
    if (candidate) {
      sum = sum.slice();
      this.#addHistory(sum, candidate);
    }
    let length = sum.length;
    while (length > 1 && sum[length - 1] === 0) length--;
    return length === sum.length ? sum : sum.subarray(0, length);
  }

  /** Gives its machines what they ask for now, as far as there is enough. */
  update(at: number): void {
    this.#isAllocated = false;
    this.#allocate();
    let [allocated, requested] = [0, 0];
    for (const [index, machine] of this.machines.entries()) {
      let given = this.#allocated[index]!;
      requested += machine.requested;
      if (!this.incoming.has(machine)) {
        machine.allocate(at, given);
        if (machine.isMigrating) given /= leavingShare;
      }
      allocated += given;
    }
    this.#previous = this.utilization;
    const utilization = allocated / this.mips;
    // what rounding leaves over
    this.utilization = utilization > 1 && utilization < 1.01 ? 1 : utilization;
    if (this.#last && this.#last.at !== at) this.#count(this.#last, at);
    this.#last = { at, allocated, requested };
  }

  /** After an update: what it drew in the time before. A host that was off at its beginning drew nothing. */
  draw(time: number): void {
    if (this.#previous === 0) return;
    this.energy += intervalEnergy(this.power(this.#previous), this.power(this.utilization), time);
  }

  /** Nothing comes any more. */
  end(): void {
    if (this.#last) this.#countShutdown(this.#last);
  }

  /** Shares what there is: where that is too little, everyone gets the same part of what was asked for, in whole MIPS. */
  #allocate(): void {
    if (this.#isAllocated) return;
    this.#isAllocated = true;
    const { machines, incoming } = this;
    const { coreMips } = this.type;
    const given: number[] = [];
    let available = this.mips;
    let [isShort, needed] = [false, 0];
    for (const machine of machines) {
      const wanted = Math.min(machine.requested, coreMips);
      const need = incoming.has(machine) ? wanted * comingShare : wanted;
      needed += need;
      if (available >= need) available -= need;
      else [available, isShort] = [0, true];
      given.push(wanted * this.#shareOf(machine));
    }
    if (isShort) {
      const scale = this.mips / needed;
      for (const [index, machine] of machines.entries()) {
        const wanted = Math.min(machine.requested, coreMips);
        // in this order, so that rounding goes as it does there
        given[index] = Math.floor(
          incoming.has(machine) ? wanted * comingShare * scale : wanted * scale * this.#shareOf(machine),
        );
      }
    }
    this.#allocated = given;
    this.#available = available;
    this.#used = 0;
    for (const [index, machine] of machines.entries()) {
      if (incoming.has(machine)) this.#used += (given[index]! * leavingShare) / comingShare;
      this.#used += given[index]!;
    }
  }

  #shareOf(machine: VirtualMachine): number {
    if (this.incoming.has(machine)) return comingShare;
    return machine.isMigrating ? leavingShare : 1;
  }

  #sumHistory(): Float64Array {
    const sum = new Float64Array(historyLength);
    for (const machine of this.machines) this.#addHistory(sum, machine);
    return sum;
  }

  #addHistory(sum: Float64Array, { history, remembered, type: { mips } }: VirtualMachine): void {
    for (let index = 0; index < remembered; index++) sum[index] = sum[index]! + (history[index]! * mips) / this.mips;
  }

  #count(last: HostState, until: number): void {
    this.#countShutdown(last);
    if (last.allocated === 0) return;
    const time = until - last.at;
    this.time.active += time;
    if (last.allocated < last.requested) this.time.overloaded += time;
  }

  #countShutdown({ at, allocated }: HostState): void {
    const isActive = allocated > 0;
    if (this.#isActive && !isActive) this.timesBeforeShutdown.push(at - this.#activeSince);
    if (!this.#isActive && isActive) this.#activeSince = at;
    this.#isActive = isActive;
  }
}
