import type { Pod } from '../../../src/api/kubernetes.js';
import { seededRandom } from '../../../src/support/random.js';
import type { Case, Service, Workload } from '../case.js';
import { crowded } from './crowded.js';
import { Draw } from './draw.js';
import { metadataOf } from './metadata.js';
import { makeNodes } from './nodes.js';
import { bound, makeFocus, makeMix, makePod } from './pods.js';
import { makeStorage, makeVolumes } from './volumes.js';
import { namespaceLabels, namespaceNames, nodeName, podLabels } from './words.js';

/** The case of a seed. */
export function generate(seed: number): Case {
  const preemption = new Draw(seededRandom(`preemption-${seed}`));
  const question = generateOpen(seed);
  return preemption.chance(0.4) ? crowded(question, preemption) : question;
}

function generateOpen(seed: number): Case {
  const draw = new Draw(seededRandom(`parity-${seed}`));
  const focused = draw.chance(0.5);
  const nodes = makeNodes(draw, focused ? 'open' : 'any');
  const names = nodes.map(({ metadata }) => metadata.name);
  const mix = focused ? makeFocus(draw) : makeMix(draw);
  const namespaces = draw.chance(0.5) ? namespaceNames : namespaceNames.slice(0, 1);
  const volumes = () => makeVolumes(draw);
  const nominations = draw.chance(0.3) ? 0.3 : 0;
  const pods = draw.list(0, 25, (index): Pod => {
    const pod = makePod(draw, { name: `pod-${index}`, namespaces }, mix, volumes);
    const node = draw.pick(names);
    if (!draw.chance(nominations)) return bound(draw, pod, node, mix);
    return { ...pod, status: { phase: 'Pending', nominatedNodeName: node } };
  });
  const waiting = makePod(draw, { name: 'waiting', namespaces }, mix, volumes);
  const pinned = draw.chance(0.03) ? { nodeName: nodeName(draw.integer(0, 3)) } : {};
  const spread = draw.chance(0.3);
  return {
    nodes,
    pods,
    namespaces: namespaceNames.map((name) => ({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: metadataOf(name, {
        labels: { 'kubernetes.io/metadata.name': name, ...draw.labels(namespaceLabels, 0.6) },
      }),
    })),
    ...makeStorage(draw, names),
    storageClasses: [
      {
        apiVersion: 'storage.k8s.io/v1',
        kind: 'StorageClass',
        metadata: metadataOf('immediate'),
        provisioner: 'csi.one',
        volumeBindingMode: 'Immediate',
      },
    ],
    services: spread ? makeServices(draw) : [],
    pdbs: [],
    preempt: false,
    ...withOwner(draw, { ...waiting, spec: { containers: [], ...waiting.spec, ...pinned } }, spread),
  };
}

const makeServices = (draw: Draw): Service[] =>
  draw.list(0, 3, (index) => {
    const namespace = draw.pick(namespaceNames);
    return {
      metadata: metadataOf(`service-${index}`, { namespace }),
      spec: { selector: { app: draw.pick(podLabels.app), ...draw.labels({ tier: podLabels.tier }, 0.3) } },
    };
  });

/** Perhaps with a ReplicaSet that selects the pod and owns it. */
function withOwner(draw: Draw, pod: Pod, owned: boolean): { pod: Pod; replicaSets: Workload[] } {
  const { namespace = '', labels = {} } = pod.metadata;
  if (!owned || !draw.chance(0.5) || Object.keys(labels).length === 0) return { pod, replicaSets: [] };
  const selector = draw.chance(0.8)
    ? { matchLabels: labels }
    : { matchLabels: labels, matchExpressions: [{ key: Object.keys(labels)[0] ?? '', operator: 'Exists' }] };
  const owner = { metadata: metadataOf('owner', { namespace }), spec: { selector } };
  const { uid, name } = owner.metadata;
  const ownerReferences = [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name, uid, controller: true }];
  return { pod: { ...pod, metadata: { ...pod.metadata, ownerReferences } }, replicaSets: [owner] };
}
