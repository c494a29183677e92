/** The claims of the bare operator: of another kind than ours, so that both run beside each other, with the same schema. */
import { type ContainerClaim, ContainerClaim as OurClaim } from '../../src/api/container-claim.js';
import { customResourceDefinitions } from '../../src/api/crds.js';
import { CustomResourceDefinition } from '../../src/api/kubernetes.js';
import { kind } from '../../src/api/meta/kind.js';
import type { Cluster } from '../../src/cluster/cluster.js';
import { until } from '../measure.js';

export const BareClaim = kind<ContainerClaim>({
  ...OurClaim,
  group: 'bench.test',
  plural: 'bareclaims',
  name: 'BareClaim',
});

/** Marks of the bare operator's containers. */
export const bareLabels = { pool: 'bench.test/pool', state: 'bench.test/state' } as const;

/** Has the server serve the kind. */
export async function installBareClaims(cluster: Cluster): Promise<void> {
  const ours = customResourceDefinitions.find(({ spec }) => spec.names.kind === OurClaim.name);
  if (!ours) throw new Error(`there is no definition of ${OurClaim.name}`);
  const { group, plural, name } = BareClaim;
  await cluster.create(CustomResourceDefinition, {
    ...ours,
    metadata: { name: `${plural}.${group}` },
    spec: {
      ...ours.spec,
      group,
      names: { kind: name, listKind: `${name}List`, plural, singular: name.toLowerCase() },
    },
  });
  const isServed = () =>
    cluster.list(BareClaim, {}).then(
      () => true,
      () => false,
    );
  await until(`${name} is served`, isServed);
}
