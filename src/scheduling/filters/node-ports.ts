import type { HostPort } from '../pod-shape.js';
import type { PodInfo } from '../snapshot/node-info.js';
import { type Filter, nobody, podsWithout } from './filter.js';

/** No two pods of a node may have the same port of the host for the same protocol and address. */
export const nodePorts: Filter = {
  name: 'NodePorts',
  concerns: ({ hostPorts }) => hostPorts.length > 0,
  apply: ({ hostPorts }, nodes, feasible) => {
    for (const row of nodes.portRows) if (feasible[row] && taken(hostPorts, nodes.info(row)?.pods)) feasible[row] = 0;
  },
  explain: ({ hostPorts }, nodes, row, nominated = [], gone = nobody) => {
    const port = taken(hostPorts, podsWithout(nodes, row, gone)) ?? taken(hostPorts, nominated);
    return (
      port && {
        filter: 'NodePorts',
        reasons: ["node(s) didn't have free ports for the requested pod ports"],
        unresolvable: false,
        remedy: `port ${port.hostPort}/${port.protocol} of the host would have to be free`,
      }
    );
  },
};

const taken = (wanted: readonly HostPort[], pods: readonly PodInfo[] = []): HostPort | undefined =>
  wanted.find((port) => pods.some(({ shape }) => shape.hostPorts.some((used) => collide(port, used))));

const anyAddress = '0.0.0.0';

const collide = (a: HostPort, b: HostPort): boolean =>
  a.hostPort === b.hostPort &&
  a.protocol === b.protocol &&
  (a.hostIP === b.hostIP || a.hostIP === anyAddress || b.hostIP === anyAddress);
