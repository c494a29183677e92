import type { Random } from '../../../src/support/random.js';
import { type Duration, second } from '../../../src/support/time.js';

/** What users and the world do to a Deployment and its pool. Data: it can be printed, and is the same whatever the faults are. */
export type Deed =
  | { readonly do: 'scale'; readonly replicas: number }
  | { readonly do: 'roll-out'; readonly image: string }
  | { readonly do: 'hold-roll-out'; readonly paused: boolean }
  | { readonly do: 'annotate'; readonly pool: string | null }
  | { readonly do: 'size-stock'; readonly replicas: number }
  | { readonly do: 'refill'; readonly paused: boolean }
  | { readonly do: 'drop'; readonly what: 'Deployment' | 'pool' }
  | { readonly do: 'deploy'; readonly replicas: number }
  | { readonly do: 'stock'; readonly replicas: number }
  /** `which` picks among the pods that are there then. */
  | { readonly do: 'lose'; readonly which: number };

export type Timed = Deed & { readonly at: Duration };

export interface Story {
  readonly deeds: readonly Timed[];
  /** By then everything is as it should be for good, and there are no more faults. */
  readonly length: Duration;
  /** What is right at the end. */
  readonly replicas: number;
  readonly stock: number;
}

const images = ['web:1', 'web:2', 'web:3'] as const;
const most = 12;

/** Ends with a Deployment and a pool that are for each other, whatever came before. */
export function drawStory(random: Random): Story {
  const length = random.integer(60, 120) * second;
  const replicas = random.integer(0, most);
  // without stock what waits at the gate must be let go, and stay an ordinary replica
  const stock = random.uniform() < 0.25 ? 0 : random.integer(1, most);
  const deeds: Timed[] = [
    { at: 0, do: 'deploy', replicas: random.integer(0, 6) },
    { at: random.pick([0, 3 * second]), do: 'stock', replicas: random.integer(0, most) },
  ];
  const drawn = random.integer(4, 14);
  for (let i = 0; i < drawn; i++) {
    const at = Math.round(random.uniform() * (length - 5 * second)) + 5 * second;
    deeds.push(...drawDeeds(random.split(`deed-${i}`)).map(({ after, ...deed }) => ({ ...deed, at: at + after })));
  }
  const end: readonly Deed[] = [
    { do: 'deploy', replicas },
    { do: 'stock', replicas: stock },
    { do: 'annotate', pool: 'web' },
    { do: 'hold-roll-out', paused: false },
    { do: 'refill', paused: false },
    { do: 'size-stock', replicas: stock },
    { do: 'scale', replicas },
  ];
  const kept = deeds.filter(({ at }) => at <= length).sort((a, b) => a.at - b.at);
  return { deeds: [...kept, ...end.map((deed) => ({ ...deed, at: length }))], length, replicas, stock };
}

function drawDeeds(random: Random): readonly (Deed & { readonly after: Duration })[] {
  const later = () => random.integer(1, 15) * second;
  const count = () => random.integer(0, most);
  const draw = random.uniform();
  if (draw < 0.5) return [{ do: 'scale', replicas: count(), after: 0 }];
  if (draw < 0.65) return [{ do: 'roll-out', image: random.pick(images), after: 0 }];
  if (draw < 0.72) return [{ do: 'size-stock', replicas: count(), after: 0 }];
  if (draw < 0.8) return [{ do: 'lose', which: random.uniform(), after: 0 }];
  if (draw < 0.86) {
    return [
      { do: 'refill', paused: true, after: 0 },
      { do: 'refill', paused: false, after: later() },
    ];
  }
  if (draw < 0.9) {
    return [
      { do: 'hold-roll-out', paused: true, after: 0 },
      { do: 'hold-roll-out', paused: false, after: later() },
    ];
  }
  if (draw < 0.95) {
    return [
      { do: 'annotate', pool: random.pick([null, 'another']), after: 0 },
      { do: 'annotate', pool: 'web', after: later() },
    ];
  }
  const what = random.pick(['Deployment', 'pool'] as const);
  const again = what === 'pool' ? ('stock' as const) : ('deploy' as const);
  return [
    { do: 'drop', what, after: 0 },
    { do: again, replicas: count(), after: later() },
  ];
}
