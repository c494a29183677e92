/** What stands on the nodes before the batch comes, and the batch. */
import type { Pod } from '../../../api/kubernetes.js';
import type { Draft } from '../../../api/meta/resource.js';
import { mediumNode, type NodeTemplate, simulatedLabel, simulation } from '../../../embedded/nodes/index.js';
import { image } from '../objects.js';

export const nodeCount = 12;
/** The first half of the nodes is busy, the other half idle. */
export const isBusy = (index: number): boolean => index < nodeCount / 2;
export const batchSize = 40;

/** Nodes that only pods of this simulation may use. */
export const reservedNode = (simulationName: string): NodeTemplate => ({
  ...mediumNode,
  taints: [{ key: simulatedLabel, value: simulationName, effect: 'NoSchedule' }],
});

interface Size {
  readonly cpu: string;
  readonly memory: string;
  /** What it uses, in its requests. */
  readonly use: number;
}

/** 12 on a busy node ask for 22 % of its processors and use 70 %; 4 on an idle one ask for 69 % and use 7 %. */
const residents = {
  busy: { count: 12, size: { cpu: '300m', memory: '256Mi', use: 3.1 } },
  idle: { count: 4, size: { cpu: '2750m', memory: '8Gi', use: 0.1 } },
} as const satisfies Record<string, { readonly count: number; readonly size: Size }>;

const batch: Size = { cpu: '500m', memory: '512Mi', use: 1 };

export interface Names {
  readonly namespace: string;
  /** Of the simulation: its nodes are `<simulation>-0`, … */
  readonly simulation: string;
}

/** The pods that are on a node from the start. */
export function residentsOf(names: Names, index: number): readonly Draft<Pod>[] {
  const { count, size } = isBusy(index) ? residents.busy : residents.idle;
  const node = `${names.simulation}-${index}`;
  return Array.from({ length: count }, (_, number) =>
    pod(names, `resident-${index}-${number}`, size, { nodeName: node }),
  );
}

/** The same pods whichever scheduler they name. */
export const batchOf = (names: Names, schedulerName: string, policy: string): readonly Draft<Pod>[] =>
  Array.from({ length: batchSize }, (_, number) => pod(names, `${policy}-${number}`, batch, { schedulerName }));

function pod(
  { namespace, simulation: simulated }: Names,
  name: string,
  { cpu, memory, use }: Size,
  where: Pick<NonNullable<Pod['spec']>, 'nodeName' | 'schedulerName'>,
): Draft<Pod> {
  return {
    metadata: { namespace, name, annotations: { [simulation.use]: String(use) } },
    spec: {
      ...where,
      nodeSelector: { [simulatedLabel]: simulated },
      tolerations: [{ key: simulatedLabel, operator: 'Equal', value: simulated, effect: 'NoSchedule' }],
      automountServiceAccountToken: false,
      containers: [{ name: 'web', image, resources: { requests: { cpu, memory } } }],
    },
  };
}
