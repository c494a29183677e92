import type { Pressure } from '../use-source.js';

/**
 * Queries in PromQL, one for each resource; each answers with one series for each node. `$window` in them is the window,
 * `$label` the label that names the node.
 */
export interface Queries {
  /** In the units of `UseSample.use`. */
  readonly use: Readonly<Record<string, string>>;
  readonly pressure?: Readonly<Partial<Record<keyof Pressure, string>>>;
}

const interfaces =
  'device!~"lo|veth.*|docker.*|br-.*|cni.*|cali.*|vxlan.*|flannel.*|cilium.*|lxc.*|tunl.*|kube-.*|virbr.*"';
const disks = 'device!~"dm-.*|md.*|loop.*|ram.*|zram.*|sr.*|fd.*"';

/**
 * For the metrics of node_exporter: `node_cpu_seconds_total` of its collector `cpu`, `node_memory_*` of `meminfo`,
 * `node_network_*_bytes_total` of `netdev`, `node_disk_*_bytes_total` of `diskstats`, `node_pressure_*_waiting_seconds_total` of
 * `pressure`, all on by default. Waiting for I/O is no use of a cpu, and what the hypervisor took for others is not ours.
 * Available memory is the kernel's own estimate; the working set that the kubelet reports counts recently read files besides.
 * Interfaces and disks that are made of others are left out, so that bytes count once.
 */
export const nodeExporterQueries: Queries = {
  use: {
    cpu: '1000 * sum by ($label) (rate(node_cpu_seconds_total{mode!~"idle|iowait|steal"}[$window]))',
    memory: 'sum by ($label) (node_memory_MemTotal_bytes - node_memory_MemAvailable_bytes)',
    network: `sum by ($label) (rate(node_network_receive_bytes_total{${interfaces}}[$window]) + rate(node_network_transmit_bytes_total{${interfaces}}[$window]))`,
    disk: `sum by ($label) (rate(node_disk_read_bytes_total{${disks}}[$window]) + rate(node_disk_written_bytes_total{${disks}}[$window]))`,
  },
  pressure: {
    cpu: 'max by ($label) (rate(node_pressure_cpu_waiting_seconds_total[$window]))',
    memory: 'max by ($label) (rate(node_pressure_memory_waiting_seconds_total[$window]))',
    io: 'max by ($label) (rate(node_pressure_io_waiting_seconds_total[$window]))',
  },
};
