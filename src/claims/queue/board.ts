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
  #term: number | undefined;

  /** What an earlier term has decided is void: others may have led since. */
  begin(term: number): void {
    if (this.#term === term) return;
    this.#term = term;
    this.#members.clear();
    this.#at.clear();
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

  /** It has taken what it was granted, or has said what it was told. */
  done(claim: Key, part: keyof Entry): void {
    const member = this.#members.get(claim);
    if (!member?.entry) return;
    const { entry } = member;
    const left = part === 'shares' ? { ...entry, shares: [] } : { ...entry, told: undefined };
    this.#members.set(claim, { ...member, entry: left });
  }

  /** It waits no more. */
  leave(claim: Key): void {
    for (const pool of this.#members.get(claim)?.pools ?? []) {
      const there = this.#at.get(pool);
      there?.delete(claim);
      if (there?.size === 0) this.#at.delete(pool);
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
    for (const pool of member.pools) {
      const there = this.#at.get(pool);
      if (there) there.add(claim);
      else this.#at.set(pool, new Set([claim]));
    }
  }
}

const none: ReadonlySet<Key> = new Set();
