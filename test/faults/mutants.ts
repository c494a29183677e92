/** Mistakes put between the operator and the cluster: an operator that makes them must fail the suite. */
import { Pod } from '../../src/api/kubernetes.js';
import { nameOf } from '../../src/api/meta/resource.js';
import { annotations, labels } from '../../src/api/names.js';
import type { Cluster } from '../../src/cluster/cluster.js';
import { jsonPatch, type JsonOperation, type Patch, pointer } from '../../src/cluster/patch.js';
import { wrapped } from '../wrapped-cluster.js';

type Mutant = (cluster: Cluster) => Cluster;

/** Changes the JSON patches of pods. */
const patching =
  (change: (operations: readonly JsonOperation[]) => readonly JsonOperation[]): Mutant =>
  (cluster) =>
    wrapped(cluster, {
      patch: (kind, ref, patch, options) =>
        cluster.patch(kind, ref, kind.name === Pod.name ? changed(patch, change) : patch, options),
    });

function changed(patch: Patch, change: (operations: readonly JsonOperation[]) => readonly JsonOperation[]): Patch {
  return patch.type === 'json' ? jsonPatch(change(patch.operations)) : patch;
}

const path = (name: string) => pointer('metadata', 'annotations', name);

/** Without the compare-and-swap, two claims can be given one container. */
const withoutTests = patching((operations) => operations.filter(({ op }) => op !== 'test'));

/** Two leaders can no longer settle whose container stays. */
const withoutTerms = patching((operations) =>
  operations.map((one) => (one.path === path(annotations.term) && 'value' in one ? { ...one, value: '0' } : one)),
);

/** The environment is left out of the hand-over. */
const withoutEnvironment = patching((operations) => operations.filter((one) => one.path !== path(annotations.env)));

/** The pool stays the owner of what it has given away. */
const withoutNewOwner = patching((operations) =>
  operations.filter((one) => !(one.op === 'replace' && one.path === '/metadata/ownerReferences')),
);

/** Deletes a pod whatever has become of it since. */
const withoutPreconditions: Mutant = (cluster) =>
  wrapped(cluster, {
    remove: (kind, ref, options) => {
      const { preconditions: _, ...rest } = options ?? {};
      return cluster.remove(kind, ref, rest);
    },
  });

/** Has a container that is asked to go go first, and its replacement come then. */
const withoutReplacementFirst: Mutant = (cluster) =>
  wrapped(cluster, {
    patch: async (kind, ref, patch, options) => {
      const operations = patch.type === 'json' ? patch.operations : [];
      const replaces = operations.find((one) => one.op === 'add' && one.path === path(annotations.replaces));
      if (replaces && 'value' in replaces) {
        const { items } = await cluster.list(Pod, { labels: labels.claim });
        const asked = items.find(({ metadata }) => metadata.uid === replaces.value);
        if (asked) await cluster.remove(Pod, nameOf(asked));
      }
      return cluster.patch(kind, ref, patch, options);
    },
  });

/** Says that it has deleted a container of a claim, and has not. */
const withoutRetiring: Mutant = (cluster) =>
  wrapped(cluster, {
    remove: async (kind, ref, options) => {
      const object = await cluster.get(kind, ref);
      return object.metadata.labels?.[labels.claim] === undefined ? cluster.remove(kind, ref, options) : undefined;
    },
  });

/** Statuses are not written again once there is one. */
const withoutNews: Mutant = (cluster) =>
  wrapped(cluster, {
    patch: async (kind, ref, patch, options) => {
      if (kind.name === Pod.name || options?.subresource !== 'status') return cluster.patch(kind, ref, patch, options);
      const object = await cluster.get(kind, ref);
      return 'status' in object ? object : cluster.patch(kind, ref, patch, options);
    },
  });

/** Watches leave out a part of what happens: this the API promises not to do. */
const withGaps: Mutant = (cluster) =>
  wrapped(cluster, {
    watch: async function* (kind, query, options) {
      let number = 0;
      for await (const event of cluster.watch(kind, query, options)) if (++number % 7 !== 0) yield event;
    },
  });

/** A mistake that an operator makes. */
export interface Mistake {
  readonly name: string;
  readonly mutate: Mutant;
  /** The first seed, where it shows soon; default 1. */
  readonly from?: number;
}

export const mistakes: readonly Mistake[] = [
  { name: 'without the tests of its patches', mutate: withoutTests, from: 2 },
  { name: 'without the terms of its lease', mutate: withoutTerms },
  { name: 'without the environment', mutate: withoutEnvironment, from: 3 },
  { name: 'without a new owner', mutate: withoutNewOwner },
  { name: 'without preconditions of its deletions', mutate: withoutPreconditions, from: 17 },
  { name: 'that has what is asked to go go before its replacement comes', mutate: withoutReplacementFirst, from: 14 },
  { name: 'that keeps what it should retire', mutate: withoutRetiring },
  { name: 'that never writes a status twice', mutate: withoutNews, from: 2 },
  { name: 'that misses a part of the news', mutate: withGaps, from: 7 },
];
