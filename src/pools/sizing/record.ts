/** How the history of demand is written down: one line of text per day, empty days left out. Pure. */
import { DemandHistory, daysKept, day, slot } from './history.js';

const slotsPerDay = day / slot;
/** Days are numbered from the Unix epoch. */
const dayKey = (number: number): string => `day-${number}`;
const dayPattern = /^day-([0-9]{1,6})$/;

/** What a ConfigMap holds. */
export type RecordData = Readonly<Record<string, string>>;

export interface Recorded {
  readonly history: DemandHistory;
  /** What came before this slot is in it. */
  readonly until: number;
}

/**
 * The entries for the days from that of slot `from` to that of slot `until`, of what is before `until`.
 * A day is a list of `gap` or `gap*count`, in base 36: after so many empty slots so many containers, one where no count stands. A
 * day in which every slot is full takes 25 kB at most, an ordinary one a few hundred bytes.
 */
export function encodeDays(history: DemandHistory, from: number, until: number): RecordData {
  const entries: Record<string, string> = {};
  for (let number = Math.floor(from / slotsPerDay); number * slotsPerDay < until; number++) {
    const text = encode(history.slots(number * slotsPerDay, Math.min(until, (number + 1) * slotsPerDay)));
    if (text !== '') entries[dayKey(number)] = text;
  }
  return entries;
}

/** Names of the entries in `data` that are too old to be kept. */
export const outdated = (data: RecordData, until: number): readonly string[] =>
  Object.keys(data).filter((key) => {
    const number = dayPattern.exec(key)?.[1];
    return number !== undefined && (Number(number) + daysKept) * slotsPerDay < until;
  });

/** When counting began and how far it has got, in slots. */
export const bounds = (history: DemandHistory, until: number): RecordData => ({
  since: String(history.first),
  until: String(until),
});

/** `undefined` when it cannot be read: then counting begins anew. */
export function readRecord(data: RecordData): Recorded | undefined {
  const [since, until] = [Number(data['since']), Number(data['until'])];
  if (!Number.isSafeInteger(since) || !Number.isSafeInteger(until) || since < 0 || until < since) return undefined;
  const history = new DemandHistory(since * slot);
  for (const [key, text] of Object.entries(data).sort(([a], [b]) => Number(a.slice(4)) - Number(b.slice(4)))) {
    const number = dayPattern.exec(key)?.[1];
    if (number !== undefined && Number(number) * slotsPerDay < until)
      decode(text, Number(number) * slotsPerDay, history);
  }
  return { history, until };
}

function encode(counts: Uint16Array): string {
  const entries: string[] = [];
  let gap = 0;
  for (const count of counts) {
    if (count === 0) gap++;
    else {
      entries.push(count === 1 ? gap.toString(36) : `${gap.toString(36)}*${count.toString(36)}`);
      gap = 0;
    }
  }
  return entries.join(',');
}

function decode(text: string, first: number, history: DemandHistory): void {
  let at = first - 1;
  for (const entry of text.split(',')) {
    const [gap = '', count = '1'] = entry.split('*');
    at += Number.parseInt(gap, 36) + 1;
    const asked = Number.parseInt(count, 36);
    if (!Number.isSafeInteger(at) || !Number.isSafeInteger(asked) || at >= first + slotsPerDay) return;
    history.add(at * slot, asked);
  }
}
