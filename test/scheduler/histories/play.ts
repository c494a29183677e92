import { describeMix } from '../../faults/mix.js';
import type { Entry } from '../../faults/journal.js';
import { replayOf } from '../../faults/suite-name.js';
import type { Play } from '../../faults/suites.js';
import { describeOperation, subjectOf } from './operations.js';
import type { Happening } from './record.js';
import { type Run, run } from './run.js';

/** The newest lines that a report shows; a replay of the seed shows all. */
const traceLines = 60;

/** The scheduler's histories. */
export const play: Play = async (seed) => {
  const result = await run(seed);
  return {
    report: result.violations.length === 0 ? undefined : report(result),
    trace: traceOf(result, new Set()),
    faults: describeMix(result.mix),
  };
};

/** What a person needs to understand a failure: the seed, the faults, what was wrong, and the last that happened to it. */
function report(run: Run): string {
  const { seed, mix, violations } = run;
  const about = new Set(violations.flatMap((one) => one.about));
  return [
    `seed ${seed}: ${describeMix(mix)}`,
    ...violations.map(({ rule, what }) => `  ${rule}: ${what}`),
    ...traceOf(run, about)
      .slice(-traceLines)
      .map((line) => `    ${line}`),
    `  replay: ${replayOf('scheduler', seed)}`,
  ].join('\n');
}

/** What happened to the objects of these names, in order; to all where there are none. */
function traceOf({ scenario, record, journal, start }: Run, about: ReadonlySet<string>): readonly string[] {
  const concerns = (name: string) => about.size === 0 || about.has(name);
  const lines: { at: number; text: string }[] = [];
  for (const operation of scenario.operations)
    if (concerns(subjectOf(operation)))
      lines.push({ at: start + operation.at, text: `user      ${describeOperation(operation)}` });
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

function describeHappening(happening: Happening): string {
  const { type, object, version } = happening;
  const { name, uid, labels, deletionTimestamp } = object.metadata;
  const words = [version, type, happening.of, name, uid.slice(0, 8)];
  if (deletionTimestamp !== undefined) words.push('terminating');
  if (happening.of === 'node')
    words.push(JSON.stringify([labels, happening.object.spec, happening.object.status?.allocatable]));
  else {
    const { spec, status } = happening.object;
    const { message } = status?.conditions?.find(({ type: condition }) => condition === 'PodScheduled') ?? {};
    words.push(`on ${spec?.nodeName ?? 'no node'}`, status?.phase ?? '', status?.reason ?? message ?? '');
    if (status?.nominatedNodeName) words.push(`nominated for ${status.nominatedNodeName}`);
  }
  return words.join(' ');
}
