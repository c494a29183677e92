import type { Pod } from '../api/kubernetes.js';
import { annotations, origins } from '../api/names.js';
import { endingOf } from '../line/ending.js';
import { indexOf, isReady } from '../line/pod-state.js';

/** A port that a container says it listens on. */
export interface ContainerPort {
  readonly name?: string;
  readonly port: number;
  readonly protocol: 'TCP' | 'UDP' | 'SCTP';
}

/** A container that belongs to a claim, as it was when it was read. */
export interface Container {
  /** Of its pod: what `kubectl exec` and `kubectl logs` take. */
  readonly name: string;
  readonly namespace: string;
  /** The item of the claim that it is one of: its name, or its place in the list (`'0'`) where it has none. */
  readonly item: string;
  /** Its number within the claim, from 0. A container that takes the place of a lost one has the same number. */
  readonly index: number;
  /** Whether it says that it is ready. */
  readonly ready: boolean;
  readonly node?: string;
  readonly ip?: string;
  readonly ports: readonly ContainerPort[];
  /** `stock`: was ready when the claim came; `waited`: came into stock while it waited; `cold`: was made for it. */
  readonly origin: (typeof origins)[keyof typeof origins];
  /** When it was handed over (RFC 3339, microseconds). */
  readonly deliveredAt?: string;
  /** How its work ended: `succeeded` with exit code 0; absent while it goes on. */
  readonly outcome?: 'succeeded' | 'failed';
  /** With which its program ended, where it has. */
  readonly exitCode?: number;
  /** All that Kubernetes knows of it. */
  readonly pod: Pod;
}

/** Reads a delivered pod. Pure. */
export function containerOf(pod: Pod): Container {
  const { metadata, spec, status } = pod;
  const notes = metadata.annotations ?? {};
  const deliveredAt = notes[annotations.deliveredAt];
  return {
    name: metadata.name,
    namespace: metadata.namespace ?? '',
    item: notes[annotations.item] ?? '',
    index: indexOf(pod) ?? 0,
    ready: isReady(pod),
    ...(spec?.nodeName !== undefined && { node: spec.nodeName }),
    ...(status?.podIP !== undefined && { ip: status.podIP }),
    ports: portsOf(pod),
    origin: originOf(notes[annotations.origin]),
    ...(deliveredAt !== undefined && { deliveredAt }),
    ...outcomeOf(pod),
    pod,
  };
}

function outcomeOf(pod: Pod): Pick<Container, 'outcome' | 'exitCode'> {
  const ending = endingOf(pod);
  if (!ending || ending.outcome === 'lost') return {};
  return { outcome: ending.outcome, exitCode: ending.outcome === 'failed' ? ending.exitCode : 0 };
}

function portsOf({ spec }: Pod): readonly ContainerPort[] {
  return (spec?.containers ?? []).flatMap(({ ports = [] }) =>
    ports.map(({ name, containerPort, protocol }) => ({
      ...(name !== undefined && { name }),
      port: containerPort,
      protocol: protocol === 'UDP' || protocol === 'SCTP' ? protocol : 'TCP',
    })),
  );
}

const originOf = (text: string | undefined): Container['origin'] =>
  Object.values(origins).find((origin) => origin === text) ?? origins.stock;
