/** What CloudSim 4.0 itself comes to, with files in byte order of their names. Of `rs`, which draws, means over several of its runs. */
import { fingerprint } from '../../../support/digest.js';
import type { UsageTrace } from '../../workloads/usage-trace.js';

export interface CloudsimFigures {
  readonly energyKwh: number;
  readonly migrations: number;
}

interface Reference {
  readonly hosts: number;
  readonly types: string;
  readonly vms: number;
  /** Of what the machines use. */
  readonly fingerprint: string;
  readonly figures: Readonly<Record<string, readonly [energyKwh: number, migrations: number]>>;
}

/** PlanetLab, 3 March 2011. */
const references: readonly Reference[] = [
  {
    hosts: 200,
    types: 'G5',
    vms: 500,
    fingerprint: 'c70ca10a97',
    figures: {
      dvfs: [379.78115, 0],
      'thr-mmt-0.8': [88.06717, 13077],
      'iqr-mmt-1.5': [87.46739, 12948],
      'mad-mmt-2.5': [85.60033, 13349],
      'lr-mmt-1.2': [74.12181, 12484],
      'lrr-mmt-1.2': [74.12181, 12484],
      'thr-mc-0.8': [84.46003, 12083],
      'iqr-mc-1.5': [82.78959, 11996],
      'mad-mc-2.5': [80.72001, 11670],
      'lr-mc-1.2': [68.1604, 9915],
      'lrr-mc-1.2': [68.1604, 9915],
      'thr-mu-0.8': [97.50733, 15272],
      'iqr-mu-1.5': [94.24578, 14554],
      'mad-mu-2.5': [93.92849, 14821],
      'lr-mu-1.2': [81.38893, 14000],
      'lrr-mu-1.2': [81.38893, 14000],
      'thr-rs-0.8': [84.76908, 12275],
      'iqr-rs-1.5': [82.86931, 11792],
      'mad-rs-2.5': [80.9429, 11872],
      'lr-rs-1.2': [68.03, 10010],
      'lrr-rs-1.2': [68.0796, 10051],
    },
  },
  {
    hosts: 800,
    types: 'G4,G5',
    vms: 1052,
    fingerprint: 'cc938855ee',
    figures: {
      dvfs: [802.75449, 0],
      'thr-mmt-0.8': [192.62307, 26711],
      'iqr-mmt-1.5': [189.98007, 26282],
      'mad-mmt-2.5': [185.79167, 26556],
      'lr-mmt-1.2': [163.47722, 27859],
      'lrr-mmt-1.2': [163.47722, 27859],
      'thr-mc-0.8': [183.4761, 23967],
      'lr-mc-1.2': [151.06719, 23380],
      'thr-mu-0.8': [207.7943, 30653],
      'lrr-mu-1.2': [175.6003, 30166],
      'mad-mc-2.5': [175.29298, 23861],
      'iqr-mc-1.5': [179.24812, 23596],
      'lrr-mc-1.2': [151.06719, 23380],
      'iqr-mu-1.5': [201.54183, 29410],
      'mad-mu-2.5': [200.13631, 29611],
      'lr-mu-1.2': [175.6003, 30166],
      'thr-rs-0.8': [184.10303, 24364],
      'iqr-rs-1.5': [180.09738, 23734],
      'mad-rs-2.5': [175.9615, 24052],
      'lr-rs-1.2': [149.31092, 22549],
      'lrr-rs-1.2': [149.46353, 22644],
    },
  },
];

/** `undefined`: it was not run with these machines and hosts. */
export function cloudsimFigures(
  policy: string,
  { trace, hosts, types }: { readonly trace: UsageTrace; readonly hosts: number; readonly types: readonly string[] },
): CloudsimFigures | undefined {
  const vms = trace.machines.length;
  const like = references.find((one) => one.hosts === hosts && one.types === types.join(',') && one.vms === vms);
  const known = like?.figures[policy];
  if (!known || like.fingerprint !== fingerprintOf(trace)) return undefined;
  const [energyKwh, migrations] = known;
  return { energyKwh, migrations };
}

export const fingerprintOf = ({ machines }: UsageTrace): string =>
  fingerprint(machines.map(({ cpu }) => Array.from(cpu, (share) => Math.round(100 * share)).join(' ')).join('\n'));
