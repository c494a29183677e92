import { describe, expect, it } from 'vitest';
import { RuntimeMetrics } from './metrics.js';

describe('metrics', () => {
  it("tells a controller's counts, times and gauges under controller-runtime's names", async () => {
    const metrics = new RuntimeMetrics();
    const observer = metrics.observer('pools');
    metrics.gauge({ name: 'pools', concurrency: 4, queue: { depth: 7, running: 2, unfinished: 1500 } });
    metrics.lease('operator', () => true);
    observer.queue.added();
    observer.queue.retried();
    observer.queue.started(20);
    observer.queue.finished(2000);
    observer.reconciled('success', 2000, false);
    observer.reconciled('error', 1, true);
    const text = await metrics.registry.metrics();
    // read twice: collecting must not count anything again
    expect(await metrics.registry.metrics()).toBe(text);
    for (const line of [
      'controller_runtime_reconcile_total{controller="pools",result="success"} 1',
      'controller_runtime_reconcile_total{controller="pools",result="error"} 1',
      'controller_runtime_reconcile_total{controller="pools",result="requeue_after"} 0',
      'controller_runtime_reconcile_errors_total{controller="pools"} 1',
      'controller_runtime_terminal_reconcile_errors_total{controller="pools"} 1',
      'controller_runtime_reconcile_time_seconds_sum{controller="pools"} 2.001',
      'controller_runtime_max_concurrent_reconciles{controller="pools"} 4',
      'controller_runtime_active_workers{controller="pools"} 2',
      'workqueue_adds_total{name="pools"} 1',
      'workqueue_retries_total{name="pools"} 1',
      'workqueue_depth{name="pools"} 7',
      'workqueue_queue_duration_seconds_sum{name="pools"} 0.02',
      'workqueue_work_duration_seconds_count{name="pools"} 1',
      'workqueue_unfinished_work_seconds{name="pools"} 1.5',
      'leader_election_master_status{name="operator"} 1',
    ])
      expect(text).toContain(line);
  });
});
