import { ContainerClaim } from '../../api/container-claim.js';
import { ContainerPool } from '../../api/container-pool.js';
import { ConfigMap, Deployment, Pod } from '../../api/kubernetes.js';
import type { Cluster } from '../../cluster/cluster.js';
import { checkCrds } from '../../cluster/crds.js';
import { gatedDeployments } from '../../deployments/index.js';
import { isGated } from '../../line/index.js';
import type { Clock } from '../../support/clock.js';
import { allParts } from '../installation.js';
import { unlessGone } from '../gone.js';
import {
  defaultNamespace,
  operatorSelector,
  programNames,
  rebalancerConfiguration,
  schedulerConfiguration,
  selectorOf,
  serviceAccountUser,
} from '../names.js';
import type { Feature, Part } from '../part.js';
import { configurationThere } from '../program-configuration.js';
import { find, isDefinition } from '../put.js';
import { electionRights, execRights, operatorRights, secretRights } from '../rights/operator.js';
import { editorRights } from '../rights/people.js';
import { examineClaims } from './claims.js';
import { examineDefinitions } from './definitions.js';
import { examineDeployments } from './deployments.js';
import type { Finding } from './finding.js';
import { examineGate } from './gate.js';
import { examineLease, leadingOf } from './lease.js';
import { examineOperator } from './operator.js';
import { examineParts, type PartView } from './parts.js';
import { examinePools } from './pools.js';
import { accessesOf, type ConfiguredProgram, examineProgram, type ProgramView } from './programs.js';
import { askForOneself, askForOperator, type Document, readLeases, readPending, readServer, widely } from './read.js';
import { examineOperatorRights, examineOwnRights } from './rights.js';
import { examineServer } from './server.js';
import { all, isSeen, look, seenOr, type Sight } from './sight.js';

export interface Patient {
  readonly cluster: Cluster;
  readonly clock: Clock;
  /** For messages. */
  readonly server: string;
  readonly document?: Document | undefined;
  /** Of this program. */
  readonly version: string;
  /** The operator's; absent: where one is found. */
  readonly home?: string | undefined;
  /** Of the one who asks: what is looked at where not all may be. */
  readonly namespace: string;
}

/** Looks a cluster over. Changes nothing. Throws where the server cannot be asked at all. */
export async function examine(patient: Patient): Promise<readonly Finding[]> {
  const { cluster, clock, namespace, version } = patient;
  const server = await readServer(cluster, patient.server, patient.document);
  const operators = await widely(cluster, Deployment, patient.home ?? defaultNamespace, { labels: selector });
  const home = patient.home ?? seenOr(operators, [])[0]?.metadata.namespace ?? defaultNamespace;
  const programs = await Promise.all(configured.map((program) => readProgram(cluster, home, program)));
  const [definitions, leases, pods, pending, pools, claims, deployments, parts, own] = await Promise.all([
    look(() => checkCrds(cluster)),
    readLeases(cluster, clock, home),
    look(() => all(cluster, Pod, { namespace: home, labels: selector })),
    readPending(cluster, namespace),
    widely(cluster, ContainerPool, namespace),
    widely(cluster, ContainerClaim, namespace),
    widely(cluster, Deployment, namespace),
    readParts(cluster, { namespace: home, version }, programs),
    askForOneself(cluster, editorRights, namespace),
  ]);
  const now = clock.now();
  const leading = leadingOf({ leases, now });
  const installed = parts.some(({ there }) => isSeen(there) && there.seen !== undefined);
  const waiting = isSeen(pending) ? { seen: pending.seen.filter(isGated) } : pending;
  const gated = isSeen(deployments) ? { seen: gatedDeployments(deployments.seen) } : deployments;
  return [
    ...(server ? examineServer(server) : []),
    ...examineDefinitions(definitions),
    ...examineOperator({ namespace: home, deployments: operators, pods, leading, version }),
    ...examineLease({ namespace: home, leases, pods, now }),
    ...(installed ? examineParts(parts) : []),
    ...programs.flatMap(examineProgram),
    ...(installed ? examineOperatorRights(serviceAccountUser(home), await askFor(cluster, home, parts)) : []),
    ...examineOwnRights(namespace, own),
    ...examineGate({ installed: gateOf(parts), waiting, gated, leading, now }),
    ...examinePools({ pools, leading, now }),
    ...examineClaims({ claims, leading, now }),
    ...examineDeployments({ deployments, pools }),
  ];
}

const labelSelector = (labels: Readonly<Record<string, string>>): string =>
  Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
const selector = labelSelector(operatorSelector);

const configured: readonly ConfiguredProgram[] = ['scheduler', 'rebalancer'];
const configurations = { scheduler: schedulerConfiguration, rebalancer: rebalancerConfiguration } as const;
/** ConfigMaps of which people choose what is in them. */
const chosen: ReadonlySet<string | undefined> = new Set(configured.map((program) => configurations[program].configMap));

/** All parts but those that have checks of their own, those of which people choose what is in them, and rights that are not asked for. */
function readParts(
  cluster: Cluster,
  { namespace, version }: { readonly namespace: string; readonly version: string },
  programs: readonly ProgramView[],
): Promise<readonly PartView[]> {
  const isAskedFor = ({ feature, access }: Part) =>
    access === undefined || programs.some((view) => view.program === feature && accessesOf(view).includes(access));
  const parts = allParts({ namespace, image: '', replicas: 0, version }).filter(
    (part) =>
      !isDefinition(part) &&
      part.kind.name !== Deployment.name &&
      !(part.kind.name === ConfigMap.name && chosen.has(part.object.metadata.name)) &&
      isAskedFor(part),
  );
  return Promise.all(parts.map(async (part) => ({ part, there: await look(() => find(cluster, part)) })));
}

async function readProgram(cluster: Cluster, namespace: string, program: ConfiguredProgram): Promise<ProgramView> {
  const [deployment, pods, configuration] = await Promise.all([
    look(() => unlessGone(cluster.get(Deployment, { namespace, name: programNames[program] }))),
    look(() => all(cluster, Pod, { namespace, labels: labelSelector(selectorOf(program)) })),
    look(() => configurationThere(cluster, namespace, configurations[program])),
  ]);
  return { program, deployment, pods, configuration };
}

async function askFor(cluster: Cluster, home: string, parts: readonly PartView[]) {
  const has = (feature: Feature) =>
    parts.some(({ part, there }) => part.feature === feature && isSeen(there) && there.seen);
  const rights = [...operatorRights, ...(has('secrets') ? secretRights : []), ...(has('exec') ? execRights : [])];
  return [
    ...(await askForOperator(cluster, home, rights)),
    ...(await askForOperator(cluster, home, electionRights, home)),
  ];
}

/** Whether pods are gated: by the policy, and the binding without which it does nothing. */
function gateOf(parts: readonly PartView[]): Sight<boolean> {
  const sights = parts.filter(({ part }) => part.feature === 'gate').map(({ there }) => there);
  const hidden = sights.find((sight) => !isSeen(sight));
  return hidden && !isSeen(hidden)
    ? hidden
    : { seen: sights.every((sight) => isSeen(sight) && sight.seen !== undefined) };
}
