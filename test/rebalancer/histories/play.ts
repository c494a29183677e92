import type { Entry } from '../../faults/journal.js';
import { describeMix } from '../../faults/mix.js';
import { replayOf } from '../../faults/suite-name.js';
import type { Play } from '../../faults/suites.js';
import { describeOperation } from './operations.js';
import type { Happening } from './record.js';
import { type Run, run } from './run.js';

/** The newest lines that a report shows; a replay of the seed shows all. */
const traceLines = 60;

/** The rebalancer's histories. */
export const play: Play = async (seed) => {
  const result = await run(seed);
  return {
    report: result.violations.length === 0 ? undefined : report(result),
    trace: traceOf(result, new Set()),
    faults: describeMix(result.mix),
  };
};

/** What a person needs to understand a failure: the seed, the faults, what was wrong, and the last that happened to it. */
function report(played: Run): string {
  const { seed, mix, violations, profile } = played;
  const about = new Set(violations.flatMap((one) => one.about));
  return [
    `seed ${seed}: ${describeMix(mix)}`,
    `  ${JSON.stringify(profile.settings)}`,
    ...violations.map(({ rule, what }) => `  ${rule}: ${what}`),
    ...traceOf(played, about)
      .slice(-traceLines)
      .map((line) => `    ${line}`),
    `  replay: ${replayOf('rebalancer', seed)}`,
  ].join('\n');
}

/** What happened to the objects of these names, in order; to all where there are none. */
function traceOf({ scenario, record, journal, plans, start }: Run, about: ReadonlySet<string>): readonly string[] {
  const concerns = (name: string) => about.size === 0 || about.has(name);
  const lines: { at: number; text: string }[] = [];
  for (const operation of scenario.operations) {
    const text = describeOperation(operation);
    if (about.size === 0 || [...about].some((name) => text.includes(name)))
      lines.push({ at: start + operation.at, text: `user      ${text}` });
  }
  for (const load of scenario.loads) lines.push({ at: start + load.at, text: `load      ${JSON.stringify(load)}` });
  for (const { at, actor, plan } of plans.plans)
    for (const { pod, from, to, reason, means } of plan.moves)
      lines.push({ at, text: `${actor.padEnd(8)}  plans ${pod.key} from ${from} to ${to}, ${reason}, by ${means}` });
  for (const entry of journal.entries)
    if (concerns(entry.name)) lines.push({ at: entry.at, text: `${entry.actor.padEnd(8)}  ${describeEntry(entry)}` });
  for (const happening of record.happenings)
    if (concerns(happening.object.metadata.name))
      lines.push({ at: happening.at, text: `server    ${describeHappening(happening)}` });
  return lines
    .sort((a, b) => a.at - b.at)
    .map(({ at, text }) => `${((at - start) / 1000).toFixed(3).padStart(9)} ${text}`);
}

function describeEntry({ verb, kind, name, detail, version, error }: Entry): string {
  const words = JSON.stringify(detail) ?? '';
  return `${verb} ${kind} ${name} -> ${error ?? `version ${version}`} ${words.slice(0, 300)}`;
}

function describeHappening({ of, type, object, version }: Happening): string {
  const { name, uid, labels, annotations, deletionTimestamp } = object.metadata;
  const words = [version, type, of, name, uid.slice(0, 8)];
  if (deletionTimestamp !== undefined) words.push('terminating');
  if (of === 'pod') words.push(`on ${object.spec?.nodeName ?? 'no node'}`, object.status?.phase ?? '');
  if (of === 'node') words.push(JSON.stringify([labels, annotations, object.spec]));
  if (of === 'budget') words.push(JSON.stringify([object.spec, object.status]));
  return words.join(' ');
}
