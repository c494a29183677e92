import { Namespace } from '../../api/kubernetes.js';
import type { Informers } from '../../runtime/index.js';
import type { Labels, Snapshot } from '../../scheduling/index.js';

/** Keeps the labels of namespaces, by which affinity selects those of other pods. `changed`: called when any has come or changed. */
export function followNamespaces(informers: Informers, nodes: Snapshot, changed: () => void = () => {}): void {
  const namespaces = new Map<string, Labels>();
  const set = ({ metadata }: Namespace) => {
    namespaces.set(metadata.name, metadata.labels ?? {});
    nodes.setNamespaces(new Map(namespaces));
    changed();
  };
  informers.of(Namespace).addHandler({
    add: set,
    update: (_old, namespace) => set(namespace),
    delete: ({ metadata }) => {
      namespaces.delete(metadata.name);
      nodes.setNamespaces(new Map(namespaces));
    },
  });
}
