import type { BarChart, BoxPlot, Cell, Chart, Report, Table } from '../../report/report.js';
import type { Result, Row } from '../../run/result.js';
import { cell, figure, text } from '../cells.js';
import { rebalancedPolicies } from './policies.js';

interface Column {
  readonly name: string;
  readonly label: string;
  readonly unit?: string;
  readonly digits?: number;
}

const energy: Column = { name: 'energyKwh', label: 'energy', unit: 'kWh', digits: 2 };
const migrations: Column = { name: 'migrations', label: 'migrations' };
const slav: Column = { name: 'slav', label: 'SLAV' };
const esv: Column = { name: 'esv', label: 'ESV' };

/** As CloudSim prints them. */
const columns: readonly Column[] = [
  energy,
  migrations,
  slav,
  { name: 'pdm', label: 'PDM' },
  { name: 'slatah', label: 'SLATAH' },
  esv,
  { name: 'hostShutdowns', label: 'host shutdowns' },
  { name: 'meanTimeBeforeShutdown', label: 'mean time before a shutdown', unit: 's', digits: 0 },
  { name: 'meanTimeBeforeMigration', label: 'mean time of a migration', unit: 's', digits: 1 },
];

export function report(result: Result): Report {
  const { request, rows, notes } = result;
  const { hosts, hostTypes } = request.parameters;
  const days = new Set(rows.map((row) => text(row, 'day')));
  return {
    title: 'Consolidation: energy against broken promises, as machines are migrated between hosts',
    summary: [
      `${String(hosts)} hosts of the types ${String(hostTypes)} in turn. Every five minutes a policy may migrate machines while they run, for a day; hosts without machines are off. All rules of hosts, machines, energy and migrations are those of CloudSim 4.0.`,
      ...notes,
      'SLATAH: the share of the time that hosts are on in which machines get less than they ask for. PDM: of what machines ask for, the share that they lack while they are migrated. SLAV = SLATAH · PDM. ESV = energy in kWh · SLAV. All are shares, where CloudSim prints per cent.',
      'The mean time of a migration is what CloudSim calls the mean time before a VM migration.',
      `${rebalancedPolicies.join(', ')}: the rebalancer of Penstock, with what leaves a host placed by this policy. It never makes the hosts less balanced than they are, so that with policies that fill hosts it moves little.`,
    ],
    sections: [
      {
        heading: 'Energy, migrations and promises',
        charts: days.size > 1 ? [energy, migrations, slav, esv].map((one) => daysChart(result, one)) : barCharts(rows),
        tables: [...bestTable(rows), mainTable(rows, days.size > 1)],
      },
      ...(rows.some((row) => row['cloudsimEnergyKwh'] !== undefined)
        ? [
            {
              heading: 'Beside CloudSim itself',
              text: ['The same machines and hosts in CloudSim 4.0; files in byte order of their names.'],
              tables: [cloudsimTable(rows)],
            },
          ]
        : []),
    ],
  };
}

/** Of each day, the least ESV of CloudSim's policies, and that of the rebalancer's that draw no more energy than `lr-mmt-1.2`. */
function bestTable(rows: readonly Row[]): readonly Table[] {
  const days = [...new Set(rows.map((row) => text(row, 'day')))];
  const least = (some: readonly Row[]): Row | undefined =>
    some.toSorted((a, b) => figure(a, 'esv') - figure(b, 'esv'))[0];
  const isOurs = ({ policy }: Row): boolean => rebalancedPolicies.some((name) => name === policy);
  const compared = days.flatMap((day): readonly (readonly Cell[])[] => {
    const ofDay = rows.filter((row) => text(row, 'day') === day && row.policy !== 'dvfs');
    const reference = ofDay.find(({ policy }) => policy === 'lr-mmt-1.2');
    const theirs = least(ofDay.filter((row) => !isOurs(row)));
    if (!reference || !theirs) return [];
    const ours = least(
      ofDay.filter((row) => isOurs(row) && figure(row, 'energyKwh') <= figure(reference, 'energyKwh')),
    );
    if (!ours) return [];
    return [
      [
        day === '' ? 'the day' : day,
        figure(reference, 'energyKwh'),
        theirs.policy,
        figure(theirs, 'esv'),
        ours.policy,
        figure(ours, 'energyKwh'),
        figure(ours, 'esv'),
      ],
    ];
  });
  if (compared.length === 0) return [];
  return [
    {
      title: "The least ESV of CloudSim's policies, and of the rebalancer's at no more energy than lr-mmt-1.2",
      columns: [
        { label: 'day' },
        { label: 'lr-mmt-1.2', unit: 'kWh', digits: 1 },
        { label: "of CloudSim's" },
        { label: 'ESV' },
        { label: "of the rebalancer's" },
        { label: 'energy', unit: 'kWh', digits: 1 },
        { label: 'ESV' },
      ],
      rows: compared,
    },
  ];
}

function mainTable(rows: readonly Row[], isOfDays: boolean): Table {
  return {
    title: 'What CloudSim prints',
    columns: [...(isOfDays ? [{ label: 'day' }] : []), { label: 'policy' }, ...columns],
    rows: rows.map((row) => [
      ...(isOfDays ? [text(row, 'day')] : []),
      row.policy,
      ...columns.map(({ name }): Cell => cell(row, name)),
    ]),
  };
}

const barCharts = (rows: readonly Row[]): readonly Chart[] =>
  [energy, migrations, slav, esv].map((one) => barChart(rows, one));

const barChart = (rows: readonly Row[], { name, label, unit }: Column): BarChart => ({
  kind: 'bar',
  title: titleOf(label),
  about: `${titleOf(label)} of the day, by policy.`,
  category: { label: 'policy' },
  categories: rows.map(({ policy }) => policy),
  y: { label, ...(unit !== undefined && { unit }), min: 0 },
  series: [
    {
      name: label,
      values: rows.map((row) => figure(row, name)),
      half: rows.map((row) => row.interval?.[name] ?? null),
    },
  ],
});

const daysChart = ({ rows, request }: Result, { name, label, unit }: Column): BoxPlot => ({
  kind: 'box',
  title: `${titleOf(label)} over the days`,
  about: `${titleOf(label)} of each day, by policy.`,
  category: { label: 'policy' },
  y: { label, ...(unit !== undefined && { unit }) },
  boxes: request.policies.map((policy) => ({
    name: policy,
    values: rows.filter((row) => row.policy === policy).map((row) => figure(row, name)),
  })),
});

const titleOf = (label: string): string => label.charAt(0).toUpperCase() + label.slice(1);

function cloudsimTable(rows: readonly Row[]): Table {
  const known = rows.filter((row) => row['cloudsimEnergyKwh'] !== undefined);
  return {
    title: 'Differences',
    columns: [
      { label: 'policy' },
      { label: 'energy', unit: 'kWh', digits: 2 },
      { label: 'CloudSim', unit: 'kWh', digits: 2 },
      { label: 'difference', unit: '%', digits: 3 },
      { label: 'migrations' },
      { label: 'CloudSim' },
      { label: 'difference', unit: '%', digits: 3 },
    ],
    rows: known.map((row) => [
      row.policy,
      cell(row, 'energyKwh'),
      figure(row, 'cloudsimEnergyKwh'),
      100 * figure(row, 'energyDifference'),
      cell(row, 'migrations'),
      figure(row, 'cloudsimMigrations'),
      100 * figure(row, 'migrationsDifference'),
    ]),
  };
}
