import type { CrdCheck } from '../../cluster/crds.js';
import { type Finding, findingsOf } from './finding.js';
import { isSeen, type Sight } from './sight.js';

/** Does the cluster have the kinds, as this program knows them? */
export function examineDefinitions(checks: Sight<readonly CrdCheck[]>): readonly Finding[] {
  const { ok, unknown, warning, problem } = findingsOf('definitions');
  if (!isSeen(checks)) return [unknown(checks.hidden)];
  const wrong = checks.seen.filter(({ state }) => state !== 'ok');
  if (wrong.length === 0) return [ok('the kinds are those of this program')];
  return wrong.map(({ state, sentence }) =>
    state === 'newer'
      ? warning(sentence, 'use a penstock of that version or later')
      : problem(sentence, 'run: penstock install --crds'),
  );
}
