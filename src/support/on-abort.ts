const waiting = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Calls `run` when the signal is aborted, unless that is disposed of before. However many wait for one signal, it has one
 * listener: its own list is searched with every listener that comes or goes. `signal` must not be aborted yet; `run` must not throw.
 */
export function onAbort(signal: AbortSignal, run: () => void): Disposable {
  const all = waiting.get(signal) ?? listenTo(signal);
  all.add(run);
  return { [Symbol.dispose]: () => void all.delete(run) };
}

function listenTo(signal: AbortSignal): Set<() => void> {
  const all = new Set<() => void>();
  waiting.set(signal, all);
  signal.addEventListener(
    'abort',
    () => {
      for (const run of all) run();
    },
    { once: true },
  );
  return all;
}
