import type { Node } from '../../../api/kubernetes.js';
import type { HttpClient } from '../../../runtime/index.js';
import type { Clock } from '../../../support/clock.js';
import { messageOf } from '../../../support/errors.js';
import { addTo } from '../../../support/multimap.js';
import { type Duration, minute, second } from '../../../support/time.js';
import type { UseReport, UseSource } from '../use-source.js';
import { nodeExporterQueries, type Queries } from './queries.js';
import { nodeFinder, parseVector } from './vector.js';

export interface PrometheusSourceOptions {
  readonly http: HttpClient;
  readonly clock: Clock;
  /** Before `/api/v1/query`, such as `https://prometheus.monitoring:9090`. */
  readonly url: string;
  /** Default: those for node_exporter. */
  readonly queries?: Queries;
  /** What `$window` is in queries. Default 2 minutes: four scrapes of thirty seconds. */
  readonly window?: Duration;
  /** The label that names the node, or its address with or without a port: `$label` in queries. Default `instance`. */
  readonly label?: string;
  /** A bearer token; read before each round, since those in files are renewed. */
  readonly token?: () => Promise<string>;
  readonly ca?: string | undefined;
  readonly insecureSkipTLSVerify?: boolean;
  /** Of one query. Default 10 s. */
  readonly timeout?: Duration;
  /** The most bytes of an answer. Default 16 MiB. */
  readonly limit?: number;
}

type Kind = 'use' | 'pressure';

/** What the queries say of one node. */
type Found = Readonly<Record<Kind, Record<string, number>>>;

/** Prometheus, or what speaks its HTTP API: whatever its queries say. */
export class PrometheusSource implements UseSource {
  readonly name = 'prometheus';

  constructor(private readonly options: PrometheusSourceOptions) {}

  async read(nodes: readonly Node[], report: UseReport, signal: AbortSignal): Promise<void> {
    const { queries = nodeExporterQueries, window = 2 * minute, clock, token } = this.options;
    const to = clock.now();
    const headers: Record<string, string> = {};
    if (token) headers.authorization = `Bearer ${await token()}`;
    const asked = [...entriesOf('use', queries.use), ...entriesOf('pressure', queries.pressure ?? {})];
    const found = new Map<string, Found>(nodes.map(({ metadata }) => [metadata.name, { use: {}, pressure: {} }]));
    const find = nodeFinder(nodes);
    const problems: Problem[] = [];
    await Promise.all(
      asked.map(async ({ kind, resource, query }) => {
        try {
          const series = await this.#ask(query, headers, signal);
          problems.push(...spread(series, kind, resource, find, found));
        } catch (error) {
          problems.push({ of: `${kind === 'use' ? '' : 'pressure of '}${resource}`, why: messageOf(error) });
        }
      }),
    );
    signal.throwIfAborted();
    const why = sentence(problems);
    if (problems.length === asked.length && [...found.values()].every(isEmpty)) throw new Error(why);
    for (const [node, { use, pressure }] of found) {
      if (Object.keys(use).length > 0) report.sample({ node, from: to - window, to, use, pressure });
      else if (why === '') report.failure(node, 'no series is of it');
      if (why !== '') report.failure(node, why);
    }
  }

  async #ask(query: string, headers: Readonly<Record<string, string>>, signal: AbortSignal) {
    const { http, url, label = 'instance', window = 2 * minute, ca, insecureSkipTLSVerify } = this.options;
    const { timeout = 10 * second, limit = 16 * 2 ** 20 } = this.options;
    const text = query.replaceAll('$window', `${window}ms`).replaceAll('$label', label);
    const parameters = new URLSearchParams({ query: text });
    const { code, body } = await http.send({
      method: 'GET',
      url: `${url.replace(/\/$/, '')}/api/v1/query?${parameters.toString()}`,
      headers,
      ca,
      insecureSkipTLSVerify,
      timeout,
      limit,
      signal,
    });
    const series = parseVector(body, label);
    // refused queries come with a code and a document that says why
    if (typeof series === 'string') throw new Error(code === 200 ? series : `Prometheus answered ${code}: ${series}`);
    return series;
  }
}

/** What could not be read, and why. */
interface Problem {
  readonly of: string;
  readonly why: string;
}

const entriesOf = (kind: Kind, queries: Readonly<Record<string, string>>) =>
  Object.entries(queries).map(([resource, query]) => ({ kind, resource, query }));

const isEmpty = ({ use, pressure }: Found): boolean => Object.keys(use).length + Object.keys(pressure).length === 0;

/** Gives each series to its node. Says which nodes have several: then the query does not add up what it should, and none counts. */
function spread(
  series: readonly { readonly label: string; readonly value: number }[],
  kind: Kind,
  resource: string,
  find: (label: string) => string | undefined,
  found: ReadonlyMap<string, Found>,
): readonly Problem[] {
  const twice = new Set<string>();
  const seen = new Set<string>();
  for (const { label, value } of series) {
    const node = find(label);
    const ofNode = node === undefined ? undefined : found.get(node);
    if (node === undefined || !ofNode) continue;
    if (seen.has(node)) twice.add(node);
    seen.add(node);
    ofNode[kind][resource] = kind === 'pressure' ? Math.min(1, value) : value;
  }
  for (const node of twice) delete found.get(node)?.[kind][resource];
  if (twice.size === 0) return [];
  const names = [...twice].slice(0, 3).join(', ');
  return [{ of: resource, why: `several series are of one node (${names}): the query must add them up` }];
}

/** Those with the same reason together. */
function sentence(problems: readonly Problem[]): string {
  const byReason = new Map<string, Set<string>>();
  for (const { of, why } of problems) addTo(byReason, why, of);
  return [...byReason].map(([why, of]) => `${[...of].join(', ')}: ${why}`).join('; ');
}
