import { describePrices, priceSettings } from '../../../scheduling/cost/cost.js';
import type { Chart, Report, Section } from '../../report/report.js';
import type { Result, Row } from '../../run/result.js';
import { cell, figure, text } from '../cells.js';

export function report(result: Result): Report {
  const { rows, request } = result;
  const first = rows[0];
  const base = { arrivals: text(first ?? { policy: '' }, 'arrivals'), fault: text(first ?? { policy: '' }, 'fault') };
  const batches = rows.filter((row) => row['arrivals'] === base.arrivals && row['fault'] === base.fault);
  const usual = rows.find((row) => row['fault'] !== base.fault || row['arrivals'] !== base.arrivals);
  const batch = usual?.['batch'];
  const patterns = rows.filter((row) => row['batch'] === batch && row['fault'] === base.fault);
  const faults = rows.filter((row) => row['batch'] === batch && row['arrivals'] === base.arrivals);
  return {
    title: 'Delivery: with and without a pool',
    summary: [
      'A claim is timed from its creation until a watch says that all its containers are ready. The whole control plane runs in virtual time; starts of containers take times like those of medium nodes with the image at hand, a call to the server about 4 ms.',
      'pool keeps twice the batch in stock, at least 20; pool-autoscaled sizes its stock from demand, beginning with no knowledge; cold makes all for the claim that asks.',
      `Idle cost is that of stock while nobody has it, at ${describePrices(priceSettings.parse({}))}.`,
      `${Number(request.parameters['minutes'])} minutes of claims on ${Number(request.parameters['nodes'])} nodes; faults come half-way: an eighth of the nodes is lost for ten minutes; the operator is gone for 20 s; the API server stalls for 20 s.`,
    ],
    sections: [
      sectionOf('By batch size', 'batch', batches, result),
      ...(patterns.length > request.policies.length ? [sectionOf('By arrivals', 'arrivals', patterns, result)] : []),
      ...(faults.length > request.policies.length ? [sectionOf('Under faults', 'fault', faults, result)] : []),
    ],
  };
}

function sectionOf(heading: string, by: string, rows: readonly Row[], result: Result): Section {
  const values = [...new Set(rows.map((row) => text(row, by)))];
  return {
    heading,
    charts: [
      bars(by, values, rows, 'p50', 'Half of the claims are ready within'),
      bars(by, values, rows, 'p99', 'Of hundred claims 99 are ready within'),
      ...values.map((value) => distribution(by, value, result, rows)),
    ],
    tables: [
      {
        title: heading,
        columns: [
          { label: by },
          { label: 'policy' },
          { label: 'claims' },
          { label: 'served', digits: 3 },
          { label: 'p50', unit: 's' },
          { label: 'p95', unit: 's' },
          { label: 'p99', unit: 's' },
          { label: 'hit rate', digits: 3 },
          { label: 'idle', unit: 'container-hours' },
          { label: 'idle cost', unit: 'yuan' },
        ],
        rows: rows.map((row) => [
          text(row, by),
          row.policy,
          ...['claims', 'served', 'p50', 'p95', 'p99', 'hitRate', 'idleHours', 'idleCost'].map((name) =>
            cell(row, name),
          ),
        ]),
      },
    ],
  };
}

function bars(by: string, values: readonly string[], rows: readonly Row[], measure: string, title: string): Chart {
  const policies = [...new Set(rows.map(({ policy }) => policy))];
  const at = (policy: string, value: string) => rows.find((row) => row.policy === policy && text(row, by) === value);
  return {
    kind: 'bar',
    title: `${title}, by ${by}`,
    about: 'Time from the creation of a claim until all its containers are ready.',
    category: { label: by },
    categories: values,
    y: { label: 'time', unit: 's', scale: 'log' },
    series: policies.map((policy) => ({
      name: policy,
      values: values.map((value) => {
        const row = at(policy, value);
        return row && Number.isFinite(figure(row, measure)) ? figure(row, measure) : null;
      }),
    })),
  };
}

/** The share of claims that are ready within a time. */
function distribution(by: string, value: string, { trials }: Result, rows: readonly Row[]): Chart {
  const policies = [...new Set(rows.map(({ policy }) => policy))];
  const some = rows.find((row) => text(row, by) === value);
  const chosen = trials.filter(({ trial }) =>
    Object.entries(trial.at).every(([name, one]) => some !== undefined && some[name] === one),
  );
  return {
    kind: 'line',
    title: `Distribution of times, ${by} ${value}`,
    about: 'The share of claims whose containers are all ready within a time, all seeds together.',
    x: { label: 'time', unit: 's', scale: 'log' },
    y: { label: 'share of claims', min: 0, max: 1 },
    series: policies.map((name) => {
      const times = chosen
        .filter(({ trial }) => trial.policy === name)
        .flatMap(({ outcome }) => [...(outcome.series?.['latencies'] ?? [])])
        .sort((a, b) => a - b);
      const step = Math.max(1, Math.floor(times.length / 100));
      return {
        name,
        steps: true,
        points: times.flatMap((time, at) =>
          at % step === 0 || at === times.length - 1 ? [[Math.max(time, 0.001), (at + 1) / times.length] as const] : [],
        ),
      };
    }),
  };
}
