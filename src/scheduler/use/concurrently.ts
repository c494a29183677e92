/** Runs `act` for all items, so many at once. Rejects with the first failure, when those that had begun have ended. */
export async function concurrently<T>(
  items: readonly T[],
  atOnce: number,
  act: (item: T) => Promise<void>,
): Promise<void> {
  const left = items.values();
  // all of them take from the same iterator
  const worker = async () => {
    for (const item of left) await act(item);
  };
  const ended = await Promise.allSettled(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  for (const one of ended) if (one.status === 'rejected') throw one.reason;
}
