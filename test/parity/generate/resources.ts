import type { Container } from '../../../src/api/kubernetes.js';
import type { Draw } from './draw.js';
import { extended, images } from './words.js';

type Quantities = Record<string, string>;

/** What a container of a pod states; extended resources as requests and limits alike. */
export function makeResources(draw: Draw): { requests?: Quantities; limits?: Quantities } {
  const requests = {
    ...draw.field(0.7, 'cpu', () => draw.pick(['100m', '250m', '500m', '1', '0', '1.5', '333m'])),
    ...draw.field(0.7, 'memory', () => draw.pick(['64Mi', '200Mi', '500M', '1Gi', '0', '123456789'])),
    ...draw.field(0.2, 'ephemeral-storage', () => draw.pick(['100Mi', '1Gi', '5Gi'])),
  };
  const limits = {
    ...draw.field(0.3, 'cpu', () => draw.pick(['1500m', '2'])),
    ...draw.field(0.3, 'memory', () => draw.pick(['1Gi', '2Gi'])),
  };
  const whole = draw.chance(0.25) ? extendedAmounts(draw) : {};
  return {
    ...draw.field(0.9, 'requests', () => ({ ...requests, ...whole })),
    ...draw.field(0.6, 'limits', () => ({ ...limits, ...whole })),
  };
}

const extendedAmounts = (draw: Draw): Quantities =>
  Object.fromEntries(
    draw
      .some(extended, 0.5)
      .map((name) => [name, name.startsWith('hugepages') ? draw.pick(['2Mi', '64Mi']) : draw.pick(['0', '1', '2'])]),
  );

/** What the API server stores: requests that are not stated are the limits. */
export function withDefaultRequests(container: Container): Container {
  const { requests, limits } = container.resources ?? {};
  if (!limits) return container;
  return { ...container, resources: { ...container.resources, requests: { ...limits, ...requests } } };
}

export const makePort = (draw: Draw) => ({
  containerPort: 80,
  protocol: draw.pick(['TCP', 'TCP', 'UDP', 'SCTP']),
  ...draw.field(0.8, 'hostPort', () => draw.pick([80, 81, 443])),
  ...draw.field(0.5, 'hostIP', () => draw.pick(['0.0.0.0', '127.0.0.1', '10.0.0.1'])),
});

export const makeImage = (draw: Draw): string => draw.pick(images);
