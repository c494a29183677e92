import type { Node } from '../../api/kubernetes.js';
import { type Finding, findingsOf, listed } from './finding.js';
import { isSeen, type Sight } from './sight.js';

export interface ServerView {
  readonly url: string;
  /** Such as `v1.36.3`; nothing where the server does not say. */
  readonly version: Sight<string | undefined>;
  /** Whether pods can be resized in place. */
  readonly resizes: Sight<boolean>;
  readonly nodes: Sight<readonly Pick<Node, 'metadata' | 'status'>[]>;
}

/** Of Kubernetes 1: the oldest that has all that Penstock cannot do without. */
const oldest = 33;

/** Is it a cluster that Penstock can work on? */
export function examineServer({ url, version, resizes, nodes }: ServerView): readonly Finding[] {
  return [...examineVersion(url, version), ...examineResize(resizes), ...examineNodes(nodes)];
}

function examineVersion(url: string, version: ServerView['version']): readonly Finding[] {
  const { ok, unknown, warning, problem } = findingsOf('server');
  if (!isSeen(version)) return [unknown(version.hidden)];
  if (version.seen === undefined) return [warning(`${url} does not say its version`, 'is it a Kubernetes API server?')];
  const minor = minorOf(version.seen);
  if (minor !== undefined && minor < oldest)
    return [
      problem(
        `Kubernetes ${version.seen} at ${url} is older than 1.${oldest}`,
        `upgrade it: the policies, and resizing in place, need 1.${oldest} or newer`,
      ),
    ];
  return [ok(`Kubernetes ${version.seen} at ${url}`)];
}

function examineResize(resizes: ServerView['resizes']): readonly Finding[] {
  const { ok, unknown, warning } = findingsOf('resize');
  if (!isSeen(resizes)) return [unknown(resizes.hidden)];
  if (resizes.seen) return [ok('the server resizes containers in place')];
  return [
    warning(
      'the server does not resize containers in place: claims that ask for another size than their pool has are refused',
      'switch the feature gate InPlacePodVerticalScaling on, for the API server and the kubelets; from Kubernetes 1.33 on it is by default',
    ),
  ];
}

function examineNodes(nodes: ServerView['nodes']): readonly Finding[] {
  const { ok, unknown, warning, problem } = findingsOf('nodes');
  if (!isSeen(nodes)) return [unknown(nodes.hidden)];
  const ready = nodes.seen.filter(({ status }) =>
    status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True'),
  );
  if (ready.length === 0)
    return [
      problem(
        nodes.seen.length === 0 ? 'there are no nodes' : `none of ${nodes.seen.length} nodes is ready`,
        'without one no container starts: kubectl describe nodes',
      ),
    ];
  const old = nodes.seen.filter(({ status }) => (minorOf(status?.nodeInfo?.kubeletVersion ?? '') ?? oldest) < oldest);
  if (old.length > 0)
    return [
      warning(
        `the kubelets of ${listed(old.map(({ metadata }) => metadata.name))} are older than 1.${oldest}: they do not resize containers in place`,
        'upgrade them, or keep pools that are resized off these nodes',
      ),
    ];
  return [ok(`${ready.length} of ${nodes.seen.length} nodes ready`)];
}

function minorOf(version: string): number | undefined {
  const [, minor] = /^v?1\.([0-9]+)/.exec(version) ?? [];
  return minor === undefined ? undefined : Number(minor);
}
