import type { Pod } from '../../../src/api/kubernetes.js';
import { gangOf, type PodGroups } from '../../../src/scheduler/gang.js';
import { podShape } from '../../../src/scheduling/index.js';
import type { Mix } from '../../faults/mix.js';
import { type Violation, violation } from '../../faults/violation.js';
import type { Happening } from './record.js';

/**
 * Gangs of which a part was bound, and the rest never: fewer than there must be. Who crashes between two bindings may leave such a
 * gang where others take the room before the next one comes, and so may two schedulers at once.
 */
export function checkGangs(happenings: readonly Happening[], podGroups: PodGroups, mix: Mix): readonly Violation[] {
  if (mix.operators !== 'one' || mix.crashWithin > 0) return [];
  const gangs = new Map<string, { minMember: number; readonly bound: Map<string, string> }>();
  /** By uid: members that had the time to be bound. */
  const members = new Map<string, Set<string>>();
  for (const { of, object } of happenings) {
    if (of !== 'pod') continue;
    const gang = gangOf(podShape(object), podGroups);
    if (!gang) continue;
    const known = gangs.get(gang.key) ?? { minMember: gang.minMember, bound: new Map() };
    gangs.set(gang.key, known);
    members.set(gang.key, (members.get(gang.key) ?? new Set()).add(object.metadata.uid));
    if (isBound(object)) known.bound.set(object.metadata.uid, object.metadata.name);
  }
  const deleted = new Set(happenings.filter(({ type }) => type === 'DELETED').map(({ object }) => object.metadata.uid));
  return [...gangs].flatMap(([gang, { minMember, bound }]) => {
    const gone = [...(members.get(gang) ?? [])].some((uid) => deleted.has(uid) && !bound.has(uid));
    if (bound.size === 0 || bound.size >= minMember || gone) return [];
    const what = `of ${gang} only ${[...bound.values()].join(', ')} were bound, ${minMember} must be or none`;
    return [violation('gangs are bound whole', what, ...bound.values())];
  });
}

const isBound = ({ spec }: Pod): boolean => Boolean(spec?.nodeName);
