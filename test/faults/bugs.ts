/** Bugs put into a copy of the code: an operator that has one of them must fail the suite. */

export interface Bug {
  /** The first seed, where it shows soon; default 1. */
  readonly from?: number;
  readonly name: string;
  /** Below the project's folder. */
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly right: string;
  readonly wrong: string;
}

export const bugs: readonly Bug[] = [
  {
    name: 'gives what has served a tenant to everybody',
    from: 131,
    file: 'src/claims/indexes.ts',
    right: 'if (!isKept(pod)) return [pool];',
    wrong: 'if (pool !== undefined) return [pool];',
  },
  {
    name: 'keeps what came back before it can be clean',
    file: 'src/pools/plan-returned.ts',
    right: 'else if (now >= cleanAt) restock.push(pod);',
    wrong: 'else restock.push(pod);',
  },
  {
    name: 'deletes a container that has changed since that was decided',
    from: 17,
    file: 'src/line/stages/retire.ts',
    right: '=> ({ uid, resourceVersion });',
    wrong: '=> ({ uid, ...(resourceVersion === undefined && { resourceVersion }) });',
  },
  {
    name: 'moves a surplus container to another item',
    from: 128,
    file: 'src/claims/plan.ts',
    right: 'open.findIndex(({ itemName }) => itemName === slot.itemName)',
    wrong: 'open.findIndex(({ itemName }) => itemName !== `${slot.itemName}!`)',
  },
  {
    name: "counts containers that have ended as the claim's",
    from: 14,
    file: 'src/claims/ledger.ts',
    right: 'const ending = endingOf(pod);',
    wrong: "const ended = endingOf(pod); const ending = ended?.outcome === 'lost' ? undefined : ended;",
  },
  {
    name: 'does work again that is done',
    file: 'src/claims/ledger.ts',
    right: 'if (done || recorded.has(slot.index)) {',
    wrong: 'if (done && recorded.size > slots.length) {',
  },
  {
    name: 'takes away containers whose work has ended',
    from: 12,
    file: 'src/claims/ledger.ts',
    right: 'else one.failed.push({ pod, ending });',
    wrong: 'else spent.push(pod);',
  },
  {
    name: 'calls a claim complete whose work goes on',
    from: 9,
    file: 'src/claims/completion.ts',
    right: 'held.length + missing.length + backingOff.length > 0',
    wrong: 'missing.length + backingOff.length > 0',
  },
  {
    name: 'resizes the container that stands first, whose ever it is',
    from: 11,
    file: 'src/line/stages/resize/resize.ts',
    right: 'containers: [{ name: main.name, resources: wanted }]',
    wrong: "containers: [{ name: pod.spec?.containers[0]?.name ?? '', resources: wanted }]",
  },
  {
    name: 'stops with the first container that cannot be deleted',
    file: 'src/line/line.ts',
    right: 'if (isServers || context.signal.aborted) throw error;',
    wrong: 'if (stage.deletes || isServers || context.signal.aborted) throw error;',
  },
  {
    name: 'serves the lowest priority first',
    from: 16,
    file: 'src/claims/queue/survey.ts',
    right: '    priority: spec.priority ?? 0,',
    wrong: '    priority: -(spec.priority ?? 0),',
  },
];
