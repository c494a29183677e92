import { CustomResourceDefinition } from '../../src/api/kubernetes.js';
import { kind } from '../../src/api/meta/kind.js';
import type { Draft, Resource } from '../../src/api/meta/resource.js';
import type { Cluster } from '../../src/cluster/cluster.js';
import { eventually } from './case.js';

/** A kind of ours that a CRD defines, with status and scale, for what the API does with every such kind. */
export interface Thing extends Resource {
  readonly spec?: { readonly replicas?: number; readonly size?: number; readonly note?: string };
  readonly status?: { readonly replicas?: number; readonly selector?: string; readonly phase?: string };
}

export const Thing = kind<Thing>({
  group: 'conformance.test',
  version: 'v1',
  plural: 'things',
  name: 'Thing',
  namespaced: true,
});

const integer = { type: 'integer' };
const text = { type: 'string' };

const definition: Draft<CustomResourceDefinition> = {
  metadata: { name: 'things.conformance.test' },
  spec: {
    group: Thing.group,
    scope: 'Namespaced',
    names: { plural: Thing.plural, singular: 'thing', kind: Thing.name, listKind: 'ThingList' },
    versions: [
      {
        name: Thing.version,
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: { type: 'object', properties: { replicas: integer, size: integer, note: text } },
              status: { type: 'object', properties: { replicas: integer, selector: text, phase: text } },
            },
          },
        },
        subresources: {
          status: {},
          scale: {
            specReplicasPath: '.spec.replicas',
            statusReplicasPath: '.status.replicas',
            labelSelectorPath: '.status.selector',
          },
        },
      },
    ],
  },
};

/** Defines the kind, once per cluster, and waits until the server has it. */
export async function defineThing(cluster: Cluster): Promise<void> {
  await cluster.create(CustomResourceDefinition, definition);
  await eventually('the kind Thing is served', async () => {
    const { status } = await cluster.get(CustomResourceDefinition, { name: 'things.conformance.test' });
    const established = status?.conditions?.some(({ type, status: is }) => type === 'Established' && is === 'True');
    if (!established) return undefined;
    return cluster.list(Thing).catch(() => undefined);
  });
}
