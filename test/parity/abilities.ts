/**
 * What an oracle can be asked about: not all know claims (some end over one), services, nominated pods, or pre-emption. Each is found out by a case
 * with a known answer; what it does not know is left out of the cases that are drawn, and said.
 */
import type { Pod, PodSpec } from '../../src/api/kubernetes.js';
import type { Answer, Case } from './case.js';
import { metadataOf } from './generate/metadata.js';
import { Oracle } from './oracle.js';

export const abilities = ['claims', 'services', 'nominations', 'preemption'] as const;
export type Ability = (typeof abilities)[number];

/** What this oracle can be asked about. */
export async function abilitiesOfOracle(): Promise<ReadonlySet<Ability>> {
  const known = new Set<Ability>();
  for (const ability of abilities) {
    // one each: an oracle that does not know it may end
    const oracle = new Oracle('quiet');
    const { question, expects } = probes[ability];
    const answer = await oracle.ask(question).catch(() => undefined);
    if (answer && !answer.error && expects(answer)) known.add(ability);
    oracle.close();
  }
  return known;
}

/** The case without what the oracle does not know. */
export function restricted(question: Case, known: ReadonlySet<Ability>): Case {
  const pods = known.has('nominations') ? question.pods : question.pods.filter(({ spec }) => spec?.nodeName);
  const claimless = (pod: Pod): Pod => (known.has('claims') ? pod : withoutClaims(pod));
  return {
    ...question,
    ...(known.has('services') ? {} : { services: [], replicaSets: [] }),
    ...(known.has('preemption') ? {} : { preempt: false, pdbs: [] }),
    pods: pods.map(claimless),
    pod: claimless(question.pod),
  };
}

function withoutClaims(pod: Pod): Pod {
  const { volumes = [], ...spec } = pod.spec ?? { containers: [] };
  // disks of the kinds that CSI drivers have taken over are asked about as claims are
  const left = volumes.filter(({ image }) => image);
  return { ...pod, spec: { ...spec, ...(left.length > 0 && { volumes: left }) } };
}

interface Probe {
  readonly question: Case;
  readonly expects: (answer: Answer) => boolean;
}

const node = (name: string): Case['nodes'][number] => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: metadataOf(name, { labels: { 'kubernetes.io/hostname': name } }),
  status: { allocatable: { cpu: '1', memory: '1Gi', pods: '9' } },
});

const pod = (name: string, spec: Partial<PodSpec>, status?: Pod['status']): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: metadataOf(name, { namespace: 'default', labels: { app: 'a' } }),
  spec: { containers: [{ name: 'main', resources: { requests: { cpu: '600m' } } }], ...spec },
  ...(status && { status }),
});

const nothing = { pods: [], namespaces: [], pvs: [], pvcs: [], storageClasses: [], csiNodes: [], csiDrivers: [] };
const empty = { ...nothing, volumeAttachments: [], services: [], replicaSets: [], pdbs: [], preempt: false };

const probes: Readonly<Record<Ability, Probe>> = {
  claims: {
    question: {
      ...empty,
      nodes: [node('a')],
      pod: pod('waiting', { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'c' } }] }),
      pvcs: [
        {
          apiVersion: 'v1',
          kind: 'PersistentVolumeClaim',
          metadata: metadataOf('c', {
            namespace: 'default',
            annotations: { 'pv.kubernetes.io/bind-completed': 'yes' },
          }),
          spec: { volumeName: 'v', accessModes: ['ReadWriteOnce'] },
          status: { phase: 'Bound' },
        },
      ],
      pvs: [
        {
          apiVersion: 'v1',
          kind: 'PersistentVolume',
          metadata: metadataOf('v'),
          spec: { csi: { driver: 'csi.one', volumeHandle: 'v' }, claimRef: { namespace: 'default', name: 'c' } },
          status: { phase: 'Bound' },
        },
      ],
    },
    expects: ({ feasible }) => feasible.length === 1,
  },
  services: {
    question: {
      ...empty,
      nodes: [node('a'), node('b')],
      pods: [pod('there', { nodeName: 'a', containers: [{ name: 'main' }] })],
      services: [{ metadata: metadataOf('s', { namespace: 'default' }), spec: { selector: { app: 'a' } } }],
      pod: pod('waiting', {}),
    },
    expects: ({ scores }) => scores?.a?.weighted.PodTopologySpread !== scores?.b?.weighted.PodTopologySpread,
  },
  nominations: {
    question: {
      ...empty,
      nodes: [node('a')],
      pods: [pod('before', { priority: 10 }, { phase: 'Pending', nominatedNodeName: 'a' })],
      pod: pod('waiting', { priority: 0 }),
    },
    expects: ({ feasible }) => feasible.length === 0,
  },
  preemption: {
    question: {
      ...empty,
      nodes: [node('a')],
      pods: [pod('there', { nodeName: 'a', priority: 0 })],
      pod: pod('waiting', { priority: 10 }),
      preempt: true,
    },
    expects: ({ preemption }) => preemption?.node === 'a',
  },
};
