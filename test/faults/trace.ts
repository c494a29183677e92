import type { Happening } from './history.js';
import type { Entry } from './journal.js';
import { describeMix } from './mix.js';
import type { Run } from './run.js';
import { describeDeed } from './scenario.js';
import { replayOf } from './suite-name.js';

/** The newest lines that a report shows; a replay of the seed shows all. */
const traceLines = 60;

/** What a person needs to understand a failure: the seed, the faults, what was wrong, and the last that happened to it. */
export function report(run: Run, lines = traceLines): string {
  const { seed, mix, violations } = run;
  const about = new Set(violations.flatMap((one) => one.about));
  return [
    `seed ${seed}: ${describeMix(mix)}`,
    ...violations.map(({ rule, what }) => `  ${rule}: ${what}`),
    ...traceOf(run, about)
      .slice(-lines)
      .map((line) => `    ${line}`),
    `  replay: ${replayOf('delivery', seed)}`,
  ].join('\n');
}

/** What happened to the objects of these names, in order; to all where there are none. */
export function traceOf({ scenario, history, journal, start }: Run, about: ReadonlySet<string>): readonly string[] {
  const concerns = (name: string) => about.size === 0 || about.has(name);
  const lines: { at: number; text: string }[] = [];
  for (const deed of scenario.deeds) {
    const text = describeDeed(deed);
    if (deed.do === 'lose' || [...about].some((name) => text.includes(name)) || about.size === 0)
      lines.push({ at: start + deed.at, text: `user      ${text}` });
  }
  for (const entry of journal.entries)
    if (concerns(entry.name)) lines.push({ at: entry.at, text: `${entry.actor.padEnd(8)}  ${describeEntry(entry)}` });
  for (const happening of history.happenings)
    if (concerns(happening.object.metadata.name))
      lines.push({ at: happening.at, text: `server    ${describeHappening(happening)}` });
  return lines
    .sort((a, b) => a.at - b.at)
    .map(({ at, text }) => `${((at - start) / 1000).toFixed(3).padStart(9)} ${text}`);
}

const longest = 400;

function describeEntry({ verb, kind, name, detail, version, error }: Entry): string {
  const words = JSON.stringify(detail) ?? '';
  return `${verb} ${kind} ${name} -> ${error ?? `version ${version}`} ${words.slice(0, longest)}`;
}

function describeHappening({ of, type, object, version }: Happening): string {
  const { name, uid, labels = {}, annotations = {}, deletionTimestamp } = object.metadata;
  const marks = Object.entries({ ...labels, ...annotations })
    .filter(([key]) => /penstock.dev\/(state|claim|index|lease-term|claim-uid)$/.test(key))
    .map(([key, value]) => `${key.replace('penstock.dev/', '')}=${value}`);
  const ending = deletionTimestamp === undefined ? '' : ' terminating';
  return `${version} ${type} ${of} ${name} ${uid.slice(0, 8)}${ending} ${marks.join(' ')} ${statusOf(object)}`;
}

function statusOf(object: Happening['object']): string {
  const { phase, conditions, ...counts } = (object as { status?: Record<string, unknown> }).status ?? {};
  if (typeof phase === 'string') return phase;
  const { desired, allocated, configured, ready, replicas, starting } = counts;
  const words = JSON.stringify({ desired, allocated, configured, ready, replicas, starting });
  const told = (conditions as readonly { type: string; status: string; reason: string }[] | undefined) ?? [];
  return `${words} ${told.map(({ type, status, reason }) => `${type}=${status}/${reason}`).join(' ')}`;
}
