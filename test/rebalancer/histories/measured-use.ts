import { type Node, Pod } from '../../../src/api/kubernetes.js';
import { type Key, keyOf, nameOf } from '../../../src/api/meta/resource.js';
import { labels, states } from '../../../src/api/names.js';
import type { Cluster } from '../../../src/cluster/cluster.js';
import type { UseReport, UseSource } from '../../../src/scheduler/use/use-source.js';
import type { Amounts } from '../../../src/scheduling/resources/amounts.js';
import { podRequests } from '../../../src/scheduling/resources/pod-requests.js';
import type { Clock } from '../../../src/support/clock.js';
import { type Duration, type Instant, instantOf, second } from '../../../src/support/time.js';
import type { Scenario } from './scenario.js';

/** From one reading to the next. */
export const readingInterval: Duration = 10 * second;

/** What a container in stock, or a pod of an app without a load, uses of what it requests. */
const idle = { cpu: 0.05, memory: 0.1 };

/** What pods really use: a function of the scenario and the time. */
export class Loads {
  constructor(
    private readonly scenario: Pick<Scenario, 'loads' | 'outages'>,
    private readonly start: Instant,
  ) {}

  useOf({ metadata, spec }: Pod, at: Instant): Amounts {
    const isStock = metadata.labels?.[labels.state] === states.stocked;
    const app = metadata.labels?.['app'];
    const load = this.scenario.loads.findLast((change) => change.app === app && this.start + change.at <= at);
    const { cpu, memory } = isStock || !load ? idle : load;
    const requests = podRequests(spec);
    return { cpu: (requests['cpu'] ?? 0) * cpu, memory: Math.round((requests['memory'] ?? 0) * memory) };
  }

  /** Whether nothing can be measured. */
  isOut(at: Instant): boolean {
    return this.scenario.outages.some(({ from, to }) => this.start + from <= at && at < this.start + to);
  }
}

/** Measures the loads of one reader: each reading is the mean since the one before. */
export class MeasuredUse implements UseSource {
  readonly name = 'measured';
  #readAt: Instant | undefined;

  constructor(
    private readonly loads: Loads,
    private readonly cluster: Cluster,
    private readonly clock: Clock,
  ) {}

  async read(nodes: readonly Node[], report: UseReport): Promise<void> {
    const to = this.clock.now();
    if (this.loads.isOut(to)) throw new Error('no figures');
    const from = Math.max(this.#readAt ?? 0, to - readingInterval);
    this.#readAt = to;
    const { items } = await this.cluster.list(Pod);
    for (const { metadata } of nodes) {
      const pods = new Map<Key, Amounts>();
      const use = { cpu: 0, memory: 0 };
      for (const pod of items) {
        if (pod.spec?.nodeName !== metadata.name || pod.status?.phase !== 'Running') continue;
        const now = this.loads.useOf(pod, to);
        const share = (to - Math.max(from, startOf(pod))) / (to - from);
        pods.set(keyOf(nameOf(pod)), now);
        use.cpu += (now['cpu'] ?? 0) * share;
        use.memory += (now['memory'] ?? 0) * share;
      }
      report.sample({ node: metadata.name, from, to, use, pods });
    }
  }
}

const startOf = ({ status }: Pod): Instant =>
  instantOf(status?.containerStatuses?.[0]?.state?.running?.startedAt) ?? Number.NEGATIVE_INFINITY;
