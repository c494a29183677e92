import type { VmType } from '../cloudsim-types.js';
import type { Host } from './host.js';

/** How many of its last shares a machine remembers. */
export const historyLength = 30;

/** What a machine got and asked for over a time, in MIPS·s. */
interface Served {
  allocated: number;
  requested: number;
  /** What it lacked while it was migrated. */
  lostToMigration: number;
}

/** What it gets from an instant on. */
interface Allocation {
  readonly at: number;
  readonly allocated: number;
  readonly requested: number;
  readonly isMigrating: boolean;
}

/** A virtual machine of CloudSim's power-aware experiment: how much cpu it asks for, and what it gets. Cpu in MIPS, times in seconds. */
export class VirtualMachine {
  /** What it asks for, as of the last update. */
  requested = 0;
  isMigrating = false;
  /** Where it runs; `undefined`: nowhere, or it has ended. */
  host: Host | undefined;
  readonly served: Served = { allocated: 0, requested: 0, lostToMigration: 0 };
  /** The part of what it asked for that it lacked, each time that it lacked some. */
  readonly shortfalls: number[] = [];
  /** How long its migrations took: what CloudSim prints as the time before a migration. */
  readonly migrationTimes: number[] = [];
  /** The shares that it asked for in the last intervals, the newest first; 0 where it does not remember so many. */
  readonly history = new Float64Array(historyLength);
  /** How many of these it remembers. */
  remembered = 0;
  #last: Allocation | undefined;
  #migratingSince = 0;
  #wasMigrating = false;

  /** @param shares of its MIPS that it asks for, a sample each interval; in a straight line between two */
  constructor(
    readonly type: VmType,
    private readonly shares: Float64Array,
    private readonly interval: number,
  ) {}

  /** Asks for what it needs at an instant. */
  update(at: number): void {
    this.requested = this.shareAt(at) * this.type.mips;
  }

  /** Once each interval. */
  remember(at: number): void {
    this.history.copyWithin(1, 0, historyLength - 1);
    this.history[0] = this.shareAt(at);
    this.remembered = Math.min(this.remembered + 1, historyLength);
  }

  /** After the last sample its share stays. */
  shareAt(at: number): number {
    const { shares, interval } = this;
    const last = shares.length - 1;
    const before = Math.floor(at / interval);
    const from = shares[Math.min(before, last)]!;
    if (at % interval === 0) return from;
    const to = shares[Math.min(before + 1, last)]!;
    return from + ((to - from) / interval) * (at - before * interval);
  }

  /** What it gets from now on; said more than once of an instant, the last counts. */
  allocate(at: number, allocated: number): void {
    const { requested, isMigrating } = this;
    if (this.#last && this.#last.at !== at) this.#count(this.#last, at);
    this.#last = { at, allocated, requested, isMigrating };
  }

  /** Nothing comes any more: what is known of the last instant counts. */
  end(): void {
    if (this.#last) this.#countMigration(this.#last);
  }

  #count(last: Allocation, until: number): void {
    this.#countMigration(last);
    const time = until - last.at;
    const { allocated, requested, isMigrating } = last;
    this.served.allocated += allocated * time;
    this.served.requested += requested * time;
    if (allocated >= requested) return;
    this.shortfalls.push((requested - allocated) / requested);
    if (isMigrating) this.served.lostToMigration += (requested - allocated) * time;
  }

  #countMigration({ at, isMigrating }: Allocation): void {
    if (isMigrating && !this.#wasMigrating) this.#migratingSince = at;
    if (!isMigrating && this.#wasMigrating) this.migrationTimes.push(at - this.#migratingSince);
    this.#wasMigrating = isMigrating;
  }
}
