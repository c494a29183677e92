/** A report with every kind of chart, and with what makes charts hard: many series, long names, zeros on a logarithmic axis, nothing at all. */
import type { Report } from '../../src/simulation/report/report.js';
import type { Result } from '../../src/simulation/run/result.js';

const wave = (at: number, phase: number) => Math.sin(at / 20 + phase);

export const sampleReport: Report = {
  title: 'A report of every kind',
  summary: ['Text with <script>alert("x")</script> & an ampersand.', 'A second paragraph.'],
  sections: [
    {
      heading: 'Lines',
      charts: [
        {
          kind: 'line',
          title: 'Nine series with bands',
          about: 'Waves, one above the other.',
          x: { label: 'time', unit: 'h' },
          y: { label: 'load', unit: '%' },
          lines: [
            { label: 'limit', axis: 'y', value: 9 },
            { label: 'noon', axis: 'x', value: 12 },
          ],
          series: Array.from({ length: 9 }, (_, at) => ({
            name: `policy-with-a-long-name-${at}`,
            points: Array.from({ length: 25 }, (_point, x) => [x, at + wave(x * 10, at)] as const),
            band: Array.from(
              { length: 25 },
              (_point, x) => [at + wave(x * 10, at) - 0.3, at + wave(x * 10, at) + 0.3] as const,
            ),
          })),
        },
        {
          kind: 'line',
          title: 'Logarithmic, with zeros',
          about: 'Zeros have no place on a logarithmic axis.',
          x: { label: 'tasks', scale: 'log' },
          y: { label: 'cost', unit: 'yuan', scale: 'log' },
          series: [
            {
              name: 'a',
              points: [
                [1000, 12],
                [10_000, 0],
                [100_000, 120_000],
              ],
              steps: true,
            },
            { name: 'one point', points: [[10_000, 500]] },
            { name: 'none', points: [] },
          ],
        },
      ],
    },
    {
      heading: 'Bars and boxes',
      charts: [
        {
          kind: 'bar',
          title: 'Groups with intervals',
          about: 'Two figures of each policy.',
          category: { label: 'policy' },
          categories: [
            'max-utilization',
            'max-weight',
            'balance',
            'kube-default',
            'low-risk-over-commitment',
            'lyapunov',
          ],
          y: { label: 'difference', unit: 'points' },
          lines: [{ label: 'published', axis: 'y', value: 5 }],
          series: [
            { name: 'before', values: [3, -2, 7, 1, null, 4], half: [0.5, 0.4, 1, 0.2, null, null] },
            { name: 'after', values: [2, 5, 6, -3, 4, 0], half: [0.5, 0.4, 1, 0.2, 0.3, null] },
          ],
        },
        {
          kind: 'bar',
          title: 'Stacked',
          about: 'Hosts by how full they are.',
          category: { label: 'policy' },
          categories: ['before', 'after'],
          y: { label: 'hosts' },
          stacked: true,
          series: [
            { name: 'light', values: [31, 10] },
            { name: 'best', values: [10, 60] },
            { name: 'high', values: [39, 0] },
          ],
        },
        {
          kind: 'box',
          title: 'Distributions',
          about: 'Ten seeds of each policy.',
          category: { label: 'policy' },
          y: { label: 'energy', unit: 'kWh' },
          boxes: [
            { name: 'lr-mmt-1.2', values: [70, 72, 74, 75, 80] },
            { name: 'thr-mmt-0.8', values: [84, 86, 88, 91, 95, 99] },
            { name: 'none', values: [] },
          ],
        },
      ],
    },
    {
      heading: 'Heat maps',
      charts: [
        {
          kind: 'heat',
          title: 'Few cells',
          about: 'From each source to each target.',
          x: { label: 'target' },
          y: { label: 'source' },
          columns: ['pool', 'claim', 'Deployment'],
          rows: ['pool', 'claim', 'StatefulSet'],
          value: { label: 'time', unit: 's' },
          values: [
            [1, 2, 3],
            [null, 5, 6],
            [7, 8.123, 9],
          ],
        },
        {
          kind: 'heat',
          title: '200 hosts in a day',
          about: 'Load of each host over a day.',
          x: { label: 'slot' },
          y: { label: 'host' },
          columns: Array.from({ length: 288 }, (_, at) => at),
          rows: Array.from({ length: 200 }, (_, at) => `host-${at}`),
          value: { label: 'load', min: 0, max: 1 },
          values: Array.from({ length: 200 }, (_, host) =>
            Array.from({ length: 288 }, (_slot, slot) => 0.5 + 0.5 * wave(slot, host / 30)),
          ),
        },
      ],
    },
    {
      heading: 'Tables',
      tables: [
        {
          title: 'Figures of every size',
          columns: [
            { label: 'what' },
            { label: 'figure' },
            { label: 'share', unit: '%', digits: 2 },
            { label: 'kept' },
          ],
          rows: [
            ['large', 1_234_567.891, 12.345, true],
            ['interval', { value: 0.005889, half: 0.014 }, { value: 95.291, half: 0.331 }, false],
            ['small', 0.000012345, 0, null],
            ['none', null, null, null],
            ['negative', -42.5, -0.001, true],
          ],
        },
      ],
    },
  ],
};

export const sampleResult: Pick<Result, 'request' | 'version' | 'notes'> = {
  request: {
    experiment: 'sample',
    parameters: { slots: 10, prices: { core: 0.13 }, trace: '/traces/a&b' },
    policies: ['max-weight', 'pack'],
    seed: 1,
    seeds: 10,
  },
  version: '0.1.0',
  notes: ['Memory is derived from cpu.'],
};
