import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Duration } from '../support/time.js';
import { second } from '../support/time.js';
import type { ControllerObserver, ReconcileResult } from './controller.js';

/** What is read from a controller when metrics are collected, and costs nothing until then. */
export interface ControllerGauges {
  readonly name: string;
  readonly concurrency: number;
  readonly queue: { readonly depth: number; readonly running: number; readonly unfinished: Duration };
}

/** Seconds: reconciles and waits, from a millisecond to minutes. */
const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

interface Counts {
  readonly results: Record<ReconcileResult, number>;
  errors: number;
  terminal: number;
  adds: number;
  retries: number;
}

/** Metrics of the toolkit, under the names that controller-runtime and client-go give them, in a registry of their own. */
export class RuntimeMetrics {
  readonly registry = new Registry();
  readonly #controllers = new Map<string, { gauges: ControllerGauges | undefined; readonly counts: Counts }>();
  readonly #leases = new Map<string, () => boolean>();
  readonly #reconcileTime = this.#histogram('controller_runtime_reconcile_time_seconds', 'controller');
  readonly #queueTime = this.#histogram('workqueue_queue_duration_seconds', 'name');
  readonly #workTime = this.#histogram('workqueue_work_duration_seconds', 'name');
  readonly #requests = new Counter({
    name: 'rest_client_requests_total',
    help: 'Requests to the API server, by answer.',
    labelNames: ['code', 'method', 'host'],
    registers: [this.registry],
  });

  constructor() {
    this.#counter('controller_runtime_reconcile_errors_total', 'controller', ({ errors }) => errors);
    this.#counter('controller_runtime_terminal_reconcile_errors_total', 'controller', ({ terminal }) => terminal);
    this.#counter('workqueue_adds_total', 'name', ({ adds }) => adds);
    this.#counter('workqueue_retries_total', 'name', ({ retries }) => retries);
    this.#gauge('controller_runtime_max_concurrent_reconciles', 'controller', ({ concurrency }) => concurrency);
    this.#gauge('controller_runtime_active_workers', 'controller', ({ queue }) => queue.running);
    this.#gauge('workqueue_depth', 'name', ({ queue }) => queue.depth);
    this.#gauge('workqueue_unfinished_work_seconds', 'name', ({ queue }) => queue.unfinished / second);
    this.#collectResults();
    this.#collectLeases();
  }

  /** Where a controller of this name reports. */
  observer(name: string): ControllerObserver {
    const results = { success: 0, requeue_after: 0, error: 0 };
    const counts: Counts = { results, errors: 0, terminal: 0, adds: 0, retries: 0 };
    this.#controllers.set(name, { gauges: undefined, counts });
    const queueLabel = { name };
    const controllerLabel = { controller: name };
    return {
      queue: {
        added: () => {
          counts.adds++;
        },
        retried: () => {
          counts.retries++;
        },
        started: (waited) => this.#queueTime.observe(queueLabel, waited / second),
        finished: (worked) => this.#workTime.observe(queueLabel, worked / second),
      },
      reconciled: (result, took, terminal) => {
        results[result]++;
        if (result === 'error') counts.errors++;
        if (terminal) counts.terminal++;
        this.#reconcileTime.observe(controllerLabel, took / second);
      },
    };
  }

  /** From now on the gauges of the controller are collected. */
  gauge(gauges: ControllerGauges): void {
    const entry = this.#controllers.get(gauges.name);
    if (entry) entry.gauges = gauges;
  }

  /** Collects of this process too: memory, processor time, and how late the event loop is (`nodejs_eventloop_lag_p99_seconds`). */
  collectProcess(): void {
    collectDefaultMetrics({ register: this.registry });
  }

  /** Whether this replica leads the lease of this name. */
  lease(name: string, leading: () => boolean): void {
    this.#leases.set(name, leading);
  }

  /** A request was answered: `code` is the HTTP status, `<error>` where no answer came. */
  request(method: string, code: string, host: string): void {
    this.#requests.inc({ code, method, host });
  }

  #histogram(name: string, label: string): Histogram {
    const labelNames = [label];
    return new Histogram({ name, help: helpOf(name), labelNames, buckets, registers: [this.registry] });
  }

  #counter(name: string, label: string, read: (counts: Counts) => number): void {
    const controllers = this.#controllers;
    new Counter({
      name,
      help: helpOf(name),
      labelNames: [label],
      registers: [this.registry],
      collect() {
        this.reset();
        for (const [controller, { counts }] of controllers) this.inc({ [label]: controller }, read(counts));
      },
    });
  }

  #gauge(name: string, label: string, read: (gauges: ControllerGauges) => number): void {
    const controllers = this.#controllers;
    new Gauge({
      name,
      help: helpOf(name),
      labelNames: [label],
      registers: [this.registry],
      collect() {
        for (const [controller, { gauges }] of controllers) if (gauges) this.set({ [label]: controller }, read(gauges));
      },
    });
  }

  #collectResults(): void {
    const controllers = this.#controllers;
    new Counter({
      name: 'controller_runtime_reconcile_total',
      help: helpOf('controller_runtime_reconcile_total'),
      labelNames: ['controller', 'result'],
      registers: [this.registry],
      collect() {
        this.reset();
        for (const [controller, { counts }] of controllers)
          for (const [result, count] of Object.entries(counts.results)) this.inc({ controller, result }, count);
      },
    });
  }

  #collectLeases(): void {
    const leases = this.#leases;
    new Gauge({
      name: 'leader_election_master_status',
      help: helpOf('leader_election_master_status'),
      labelNames: ['name'],
      registers: [this.registry],
      collect() {
        for (const [name, leading] of leases) this.set({ name }, leading() ? 1 : 0);
      },
    });
  }
}

/** The names say it all; the exposition format wants a sentence. */
function helpOf(name: string): string {
  return `${name.replaceAll('_', ' ')}, as controller-runtime counts it.`;
}
