import { Heap } from '../../src/support/heap.js';
import { median } from '../../src/support/statistics.js';
import { seededRandom } from '../../src/support/random.js';
import { EventQueue } from '../../src/simulation/engine/event-queue.js';
import type { Row } from '../measure.js';

const events = 2_000_000;
const rounds = 5;
const drawn = 1 << 16;

interface Event {
  readonly time: number;
  readonly order: number;
  readonly payload: number;
}

/** Takes the next event and adds one later, over and over: with so many waiting all the time. */
export function eventRows(): readonly Row[] {
  const random = seededRandom('simulator/events');
  const delays = Float64Array.from({ length: drawn }, () => random.exponential(1));
  return [1000, 100_000].map((waiting) => {
    const pairs = Array.from({ length: rounds }, () => [ofQueue(delays, waiting), ofObjects(delays, waiting)] as const);
    const [own, objects] = [median(pairs.map(([a]) => a)), median(pairs.map(([, b]) => b))];
    return {
      what: `events, ${waiting.toLocaleString('en')} waiting, median of ${rounds}`,
      figure: `${Math.round(own).toLocaleString('en')}/s [> 1,000,000]`,
      against: `${(own / objects).toFixed(1)} × a heap of objects`,
    };
  });
}

function ofQueue(delays: Float64Array, waiting: number): number {
  const queue = new EventQueue();
  for (let n = 0; n < waiting; n++) queue.push(delays[n & (drawn - 1)]!, 0, n);
  const start = performance.now();
  for (let n = 0; n < events; n++) {
    queue.next();
    queue.push(queue.time + delays[n & (drawn - 1)]!, 0, queue.payload);
  }
  return (events * 1000) / (performance.now() - start);
}

function ofObjects(delays: Float64Array, waiting: number): number {
  const heap = new Heap<Event>((a, b) => a.time - b.time || a.order - b.order);
  let order = 0;
  for (let n = 0; n < waiting; n++) heap.push({ time: delays[n & (drawn - 1)]!, order: order++, payload: n });
  const start = performance.now();
  for (let n = 0; n < events; n++) {
    const { time, payload } = heap.pop()!;
    heap.push({ time: time + delays[n & (drawn - 1)]!, order: order++, payload });
  }
  return (events * 1000) / (performance.now() - start);
}
