import type { Answer } from './case.js';

/** What two answers differ in, a line each: what the oracle says, then what we say. */
export function differences(oracle: Answer, ours: Answer): readonly string[] {
  if (oracle.error || ours.error) return [`the oracle failed: ${oracle.error}; we: ${ours.error}`];
  const found: string[] = [];
  const compare = (what: string, theirs: unknown, own: unknown) => {
    const [a, b] = [JSON.stringify(theirs), JSON.stringify(own)];
    if (a !== b) found.push(`${what}: ${a}, we say ${b}`);
  };
  compare('unschedulable', oracle.unschedulable, ours.unschedulable);
  compare('feasible', oracle.feasible, ours.feasible);
  const { preemption } = oracle;
  const chosen = preemption && ours.choices?.find(({ node }) => node === preemption.node);
  compare('preemption', preemption, chosen ?? ours.choices?.[0]);
  for (const node of namesIn(oracle.rejected, ours.rejected))
    compare(`rejected ${node}`, reasonsOf(oracle.rejected[node]), reasonsOf(ours.rejected[node]));
  for (const node of namesIn(oracle.scores ?? {}, ours.scores ?? {})) {
    const [theirs, own] = [oracle.scores?.[node], ours.scores?.[node]];
    for (const plugin of namesIn(theirs?.raw ?? {}, own?.raw ?? {})) {
      if (plugin === 'VolumeBinding' && theirs?.weighted[plugin] === 0) continue;
      compare(`raw ${plugin} of ${node}`, theirs?.raw[plugin], own?.raw[plugin]);
      compare(`weighted ${plugin} of ${node}`, theirs?.weighted[plugin], own?.weighted[plugin]);
    }
    compare(`total of ${node}`, theirs?.total, own?.total);
  }
  return found;
}

const namesIn = (a: object, b: object): readonly string[] =>
  [...new Set([...Object.keys(a), ...Object.keys(b)])].sort();

/** The plug-in, and its reasons in no order: kube-scheduler gives those of extended resources in that of a hash map. */
function reasonsOf(rejection: readonly string[] | undefined): readonly string[] | undefined {
  if (!rejection) return undefined;
  const [plugin = '', ...reasons] = rejection;
  // the oracle does not say which plug-ins left the node out before it was asked
  if (plugin.startsWith('not among') || reasons[0]?.startsWith("node(s) didn't satisfy plugin(s)")) return ['left out'];
  return [plugin, ...reasons.sort()];
}
