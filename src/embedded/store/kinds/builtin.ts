import type { Kind } from '../../../api/meta/kind.js';
import type { Resource } from '../../../api/meta/resource.js';
import {
  ConfigMap,
  CustomResourceDefinition,
  Deployment,
  Event,
  Lease,
  Namespace,
  Node,
  Pod,
  ReplicaSet,
  Secret,
  ServiceAccount,
} from '../../../api/kubernetes.js';
import { definitionRules } from './custom.js';
import type { KindRules } from './rules.js';

const plain = (kind: Kind<Resource>): KindRules => ({
  kind,
  origin: 'built-in',
  versions: [kind.version],
  hasStatus: false,
  generation: false,
  names: 'subdomain',
});

const withStatus = (kind: Kind<Resource>): KindRules => ({ ...plain(kind), hasStatus: true });

/** The kinds of Kubernetes itself that the embedded cluster serves. */
export const builtInKinds: readonly KindRules[] = [
  withStatus(Namespace),
  withStatus(Node),
  { ...withStatus(Pod), generation: true },
  plain(ConfigMap),
  plain(Secret),
  plain(ServiceAccount),
  plain(Lease),
  plain(Event),
  definitionRules(withStatus(CustomResourceDefinition)),
  { ...withStatus(ReplicaSet), generation: true },
  { ...withStatus(Deployment), generation: true },
];
