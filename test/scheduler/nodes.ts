/** Nodes for tests of what is read from them. */
import type { Node } from '../../src/api/kubernetes.js';
import type { UseReport, UseSample } from '../../src/scheduler/use/index.js';

export interface NodeGiven {
  readonly address?: string;
  readonly port?: number;
  readonly uid?: string;
}

export const aNode = (name: string, { address = '127.0.0.1', port = 10250, uid = name }: NodeGiven = {}): Node => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, uid, resourceVersion: '1', creationTimestamp: '' },
  status: {
    addresses: [{ type: 'InternalIP', address }],
    daemonEndpoints: { kubeletEndpoint: { Port: port } },
  },
});

/** What was reported: samples by node, and failures by node. */
export class Reported implements UseReport {
  readonly samples: Record<string, UseSample> = {};
  readonly failures: Record<string, string> = {};

  sample(sample: UseSample): void {
    this.samples[sample.node] = sample;
  }

  failure(node: string, why: string): void {
    this.failures[node] = why;
  }
}
