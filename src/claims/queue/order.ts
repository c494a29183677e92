/** Who goes before whom. */

/** What decides among the claims of one tenant. */
export interface Standing {
  readonly priority: number;
  /** RFC 3339, as the server wrote it. */
  readonly createdAt: string;
  readonly uid: string;
}

/** The higher priority first, then the older, then the lower uid: never equal. */
export function ownOrder(a: Standing, b: Standing): number {
  return b.priority - a.priority || byAge(a, b);
}

export function byAge(a: Standing, b: Standing): number {
  if (a.createdAt !== b.createdAt) return a.createdAt < b.createdAt ? -1 : 1;
  return a.uid < b.uid ? -1 : a.uid > b.uid ? 1 : 0;
}
