import { z } from 'zod';
import type { Amounts } from '../resources/amounts.js';
import { joulesPerKilowattHour, type PowerModel } from '../power/power-model.js';

const price = (about: string, fallback: number) => z.number().min(0).default(fallback).describe(about);

/**
 * What resources and links cost. The defaults are round figures of the size of public on-demand list prices in yuan (a machine of 2
 * cores and 4 GiB for about 0.4 an hour, traffic out of the cloud for 0.8 a GB): to be replaced by one's own. They are printed with
 * every result.
 */
export const priceSettings = z
  .strictObject({
    currency: z.string().min(1).default('yuan'),
    core: price('A core for an hour.', 0.13),
    gibibyte: price('A GiB of memory for an hour.', 0.035),
    disk: price('A gigabyte per second of disk for an hour.', 0.5),
    network: price('A gigabyte per second of network for an hour.', 0.5),
    links: z
      .record(z.string().min(1), z.number().min(0))
      .default({ internal: 0, external: 0.8 })
      .describe('A gigabyte sent over each kind of link.'),
  })
  .describe('Prices.');

export type Prices = z.output<typeof priceSettings>;

/** Bytes sent over a kind of link. */
export interface Transfer {
  readonly bytes: number;
  readonly link: string;
}

/** A part of a batch on a node. */
export interface Part {
  readonly tasks: number;
  /** What it occupies there: cpu in thousandths of a core, bytes, bytes per second. */
  readonly resources: Amounts;
  /** For how long, in seconds. */
  readonly busy: number;
  readonly transfers?: readonly Transfer[];
}

/** What a node drew while it was on. */
export interface NodeRun {
  readonly power: PowerModel;
  /** Mean utilization of its cpu over the time. */
  readonly utilization: number;
  /** In seconds. */
  readonly on: number;
}

export interface Cost {
  /** k1 */
  readonly execution: number;
  /** k2 */
  readonly transfer: number;
  /** k */
  readonly total: number;
  readonly tasks: number;
  /** k / tasks; 0 without tasks. */
  readonly unit: number;
  /** Of the batch, in seconds: that of the part that takes the longest. */
  readonly executionTime: number;
  readonly kilowattHours: number;
  readonly prices: Prices;
}

/**
 * k = k1 + k2 (Xu and Chen, Computer & Digital Engineering 2022(9)): execution, Σ price · busy time over the parts of a placement, and
 * transfer, Σ bytes · price of the link. Beside it the energy of the nodes.
 * @throws RangeError for a link without a price
 */
export function costOf(parts: readonly Part[], nodes: readonly NodeRun[], prices: Prices): Cost {
  const execution = total(parts, ({ resources, busy }) => (hourlyPrice(resources, prices) * busy) / 3600);
  const transfer = total(parts, ({ transfers = [] }) =>
    total(transfers, ({ bytes, link }) => (bytes / 1e9) * linkPrice(link, prices)),
  );
  const tasks = total(parts, (part) => part.tasks);
  return {
    execution,
    transfer,
    total: execution + transfer,
    tasks,
    unit: tasks > 0 ? (execution + transfer) / tasks : 0,
    executionTime: parts.reduce((longest, { busy }) => Math.max(longest, busy), 0),
    kilowattHours: total(nodes, ({ power, utilization, on }) => (power(utilization) * on) / joulesPerKilowattHour),
    prices,
  };
}

/** What resources cost for an hour; those without a price cost nothing. */
export function hourlyPrice({ cpu = 0, memory = 0, disk = 0, network = 0 }: Amounts, prices: Prices): number {
  return (
    (cpu / 1000) * prices.core +
    (memory / 2 ** 30) * prices.gibibyte +
    (disk / 1e9) * prices.disk +
    (network / 1e9) * prices.network
  );
}

function linkPrice(link: string, { links }: Prices): number {
  const known = links[link];
  if (known === undefined)
    throw new RangeError(`there is no price for the link ${link} (there are ${Object.keys(links).join(', ')})`);
  return known;
}

const total = <T>(all: readonly T[], of: (one: T) => number): number => all.reduce((sum, one) => sum + of(one), 0);

/** The prices in a line, to stand beside a result. */
export function describePrices({ currency, core, gibibyte, disk, network, links }: Prices): string {
  const perGigabyte = Object.entries(links).map(([link, amount]) => `${link} ${amount}`);
  return `prices in ${currency}: per hour core ${core}, GiB ${gibibyte}, GB/s of disk ${disk}, GB/s of network ${network}; per GB ${perGigabyte.join(', ')}`;
}
