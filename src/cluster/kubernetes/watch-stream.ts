import { setMaxListeners } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Resource } from '../../api/meta/resource.js';
import type { Clock } from '../../support/clock.js';
import { type Duration, formatDuration } from '../../support/time.js';
import type { WatchEvent } from '../cluster.js';
import { eventOf } from './answers.js';
import { LineSplitter } from './lines.js';
import { Disconnected } from './transport.js';

/**
 * The events of a watch. `open` begins it, or gives nothing when the signal is aborted before that.
 *
 * A watch may be silent for long, and a connection whose other end has gone stays silent for ever. The server's bookmarks
 * come only about once a minute, too seldom to notice within a minute; TCP's own probes notice a vanished machine, but not
 * a proxy that accepts and does not forward; a ping on another connection proves nothing about this one. So each watch is
 * asked to last `timeoutSeconds` only: two seconds before that the server sends a bookmark (where there is anything newer
 * to mark), then it ends the watch, and the watcher goes on. One that has not ended by then plus a grace is dead, whatever
 * is in between. That costs one request per watch and period, answered from the server's cache.
 *
 * Back-pressure: events are parsed as they are taken; while nobody takes them the socket is not read.
 *
 * Ends when the server ends it and when the signal is aborted. Throws Disconnected when the connection breaks or stalls,
 * and the error that the server sends as an event.
 */
export async function* eventsOf<T extends Resource>(
  open: () => Promise<IncomingMessage | undefined>,
  life: Duration,
  clock: Clock,
  signal?: AbortSignal,
): AsyncGenerator<WatchEvent<T>, void, undefined> {
  const response = await open();
  if (!response) return;
  const lines = new LineSplitter();
  const stop = (why: Error) => response.destroy(why);
  const onAbort = () => response.destroy();
  const timer = clock.at(clock.now() + life, () =>
    stop(new Disconnected(`the watch did not end within ${formatDuration(life)}: its connection is dead`, 'yes')),
  );
  if (signal) setMaxListeners(0, signal);
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    if (signal?.aborted) return;
    for await (const chunk of response as AsyncIterable<Buffer>)
      for (const line of lines.push(chunk)) {
        yield eventOf<T>(line);
        if (signal?.aborted) return;
      }
    if (lines.unfinished) throw new Disconnected('the watch was cut within an event', 'yes');
  } catch (error) {
    if (signal?.aborted) return;
    throw brokenBy(error);
  } finally {
    timer[Symbol.dispose]();
    signal?.removeEventListener('abort', onAbort);
    response.destroy();
  }
}

/** What Node.js throws when a connection breaks, as ours; the API's own errors stay what they are. */
function brokenBy(error: unknown): unknown {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? new Disconnected(`the watch was cut: ${error.message}`, 'yes', error)
    : error;
}
