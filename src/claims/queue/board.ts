import type { Key } from '../../api/meta/resource.js';
import type { Share } from '../offer.js';
import type { QueuePlace } from '../standing.js';

/** What was decided of a claim. */
export interface Entry {
  /** What it may take: once. */
  readonly shares: readonly Share[];
  /** What it is to say of itself; absent where what it says already will do. */
  readonly told?: { readonly message: string; readonly queue: QueuePlace } | undefined;
}

/** What the claims that wait at a pool wait for, as of the last decision. */
export interface Awaited {
  /** Whether any of them would take stock, if some came. */
  readonly stock: boolean;
  /** Whether any of them waits for more than the pools are made for: only what comes back, or is moved there, helps it. */
  readonly more: boolean;
  /** The tenants that have claims there which wait for what they hold themselves. */
  readonly tenants: ReadonlySet<string>;
}

interface Member {
  readonly pools: readonly Key[];
  /** Absent: the claim has come since the last decision. */
  readonly entry: Entry | undefined;
}

/**
 * What was decided last, for the claims to act on, and which claims have come since. Nothing is lost with it: a decision is
 * made from what the objects say, and another replica comes to the same.
 */
export class Board {
  readonly #members = new Map<Key, Member>();
  readonly #at = new Map<Key, Set<Key>>();
  /** Of these, those that have not been decided on, or have not taken what they were granted. */
  readonly #pending = new Map<Key, Set<Key>>();
  readonly #awaited = new Map<Key, Awaited>();
  #term: number | undefined;

  /** What an earlier term has decided is void: others may have led since. */
  begin(term: number): void {
    if (this.#term === term) return;
    this.#term = term;
    this.#members.clear();
    this.#at.clear();
    this.#pending.clear();
    this.#awaited.clear();
  }

  /** A decision has been made about all that wait at this pool. */
  decided(pool: Key, awaited: Awaited | undefined): void {
    if (awaited) this.#awaited.set(pool, awaited);
    else this.#awaited.delete(pool);
  }

  /** `undefined`: no decision of this term is about the pool. */
  awaitedAt(pool: Key): Awaited | undefined {
    return this.#awaited.get(pool);
  }

  /** The claims of this process that may be about to take from a pool. */
  pendingAt(pool: Key): ReadonlySet<Key> {
    return this.#pending.get(pool) ?? none;
  }

  entryOf(claim: Key): Entry | undefined {
    return this.#members.get(claim)?.entry;
  }

  /** The claim wants to know whose turn it is. */
  join(claim: Key, pools: readonly Key[]): void {
    this.#put(claim, { pools, entry: undefined });
  }

  post(claim: Key, pools: readonly Key[], entry: Entry): void {
    this.#put(claim, { pools, entry });
  }

  /** It has taken these: what has been granted since, while it was at work, is still to be taken. */
  taken(claim: Key, shares: readonly Share[]): void {
    const member = this.#members.get(claim);
    if (member?.entry?.shares !== shares) return;
    this.#members.set(claim, { ...member, entry: { ...member.entry, shares: [] } });
    for (const pool of member.pools) drop(this.#pending, pool, claim);
  }

  /** It has said this of its waiting: what it was told since is still to be said. */
  said(claim: Key, message: string | undefined): void {
    const member = this.#members.get(claim);
    if (!member?.entry?.told || member.entry.told.message !== message) return;
    this.#members.set(claim, { ...member, entry: { ...member.entry, told: undefined } });
  }

  /** It waits no more. */
  leave(claim: Key): void {
    for (const pool of this.#members.get(claim)?.pools ?? []) {
      drop(this.#at, pool, claim);
      drop(this.#pending, pool, claim);
    }
    this.#members.delete(claim);
  }

  /** The claims of this process that want containers of a pool. */
  at(pool: Key): ReadonlySet<Key> {
    return this.#at.get(pool) ?? none;
  }

  #put(claim: Key, member: Member): void {
    this.leave(claim);
    this.#members.set(claim, member);
    const isPending = !member.entry || member.entry.shares.length > 0;
    for (const pool of member.pools) {
      file(this.#at, pool, claim);
      if (isPending) file(this.#pending, pool, claim);
    }
  }
}

function file(sets: Map<Key, Set<Key>>, at: Key, key: Key): void {
  const there = sets.get(at);
  if (there) there.add(key);
  else sets.set(at, new Set([key]));
}

function drop(sets: Map<Key, Set<Key>>, at: Key, key: Key): void {
  const there = sets.get(at);
  if (there?.delete(key) && there.size === 0) sets.delete(at);
}

const none: ReadonlySet<Key> = new Set();
