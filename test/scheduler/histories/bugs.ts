/** Bugs put into a copy of the code: a scheduler that has one of them must fail the suite. */
import type { Bug } from '../../faults/bugs.js';

export const bugs: readonly Bug[] = [
  {
    name: 'does not forget a pod that was not bound',
    file: 'src/scheduler/cache/scheduler-cache.ts',
    right: 'const change = this.isAssumed(key, uid) ? this.remove(key) : nothing;',
    wrong: "const change = this.isAssumed(key, '') ? this.remove(key) : nothing;",
  },
  {
    from: 10,
    name: 'does not count a pod where it is about to be bound',
    file: 'src/scheduler/placer.ts',
    right: 'this.cache.assume(podInfo(pod.pod, Infinity, pod.shape), node);',
    wrong: 'podInfo(pod.pod, Infinity, pod.shape);',
  },
  {
    name: 'loses pods that are to be tried again',
    file: 'src/scheduler/queue/scheduling-queue.ts',
    right: "this.#replace(entry, { ...entry, place: entry.until > now ? 'backoff' : 'active' });",
    wrong: "if (entry.attempts < 3) this.#replace(entry, { ...entry, place: 'active' }); else this.#take(entry);",
  },
  {
    name: 'tries only pods again that were refused for want of room when room appears',
    from: 280,
    file: 'src/scheduler/queue/events.ts',
    right: '  return !refusal || aboutOthers.has(refusal.filter) ||',
    wrong: "  return refusedBy.has('NodeResourcesFit') && (!refusal || aboutOthers.has(refusal.filter)) ||",
  },
  {
    from: 27,
    name: 'does not tell those who want to be near a pod that it has bound it',
    file: 'src/scheduler/cache/scheduler-cache.ts',
    right: '      return { added: info };\n    }\n    if (before)',
    wrong: '      return nothing;\n    }\n    if (before)',
  },
  {
    name: 'binds a pod again that changes before the informers show it bound',
    from: 672,
    file: 'src/scheduler/scheduler.ts',
    right: '!(this.#binding.has(uid) || this.cache.isAssumed(key, uid))',
    wrong: '!this.#binding.has(uid)',
  },
  {
    name: 'takes a lost answer for a refusal',
    from: 271,
    file: 'src/scheduler/binding/binder.ts',
    right: "if (result.outcome === 'bound' || result.outcome === 'refused') return result;",
    wrong:
      "if (result.outcome !== 'moot') return result.outcome === 'bound' ? result : { outcome: 'moot', message: result.message };",
  },
  {
    from: 131,
    name: 'leaves equal pods waiting when the first few have found room',
    file: 'src/scheduler/scheduler.ts',
    right: '      this.queue.moveEqual(pod.shape, this.#options.clock.now());\n',
    wrong: '',
  },
  {
    from: 16,
    name: 'keeps what it has counted for a part of a gang',
    file: 'src/scheduler/placer.ts',
    right: 'for (const { pod } of placings) this.cache.forget(pod.key, pod.pod.metadata.uid);',
    wrong: 'for (const { pod } of placings.slice(1)) this.cache.forget(pod.key, pod.pod.metadata.uid);',
  },
  {
    from: 54,
    name: 'binds as many of a gang as fit',
    file: 'src/scheduler/placer.ts',
    right: '(enough && !takesAll)) return placings;',
    wrong: 'placings.some(({ node }) => node !== undefined)) return placings;',
  },
  {
    from: 2,
    name: 'has pods of a higher priority make room',
    file: 'src/scheduler/preemption/evaluator.ts',
    right: '{ ...preemptorOf(pod, shape), nominatedNode',
    wrong: '{ ...preemptorOf(pod, { ...shape, priority: shape.priority + 50 }), nominatedNode',
  },
  {
    from: 2227,
    name: 'says what may help pods that wait before they wait',
    file: 'src/scheduler/scheduler.ts',
    right:
      'for (const placing of placings) this.#return(placing, now);\n    for (const placing of placings) this.#carryOut(placing, context);',
    wrong: 'for (const placing of placings) { this.#return(placing, now); this.#carryOut(placing, context); }',
  },
  {
    name: 'keeps the room that was promised to a pod which is gone',
    file: 'src/scheduler/scheduler.ts',
    right: 'const promised = this.cache.withdraw(key);',
    wrong: 'const promised = {};',
  },
];
