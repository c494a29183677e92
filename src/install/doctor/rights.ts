import { qualifiedResource, type Right } from '../rights/right.js';
import { type Finding, findingsOf, listed } from './finding.js';
import { isSeen, type Sight } from './sight.js';

/** One thing to do, by RBAC's words, and whether somebody may do it. */
export interface Answer {
  readonly right: Right;
  readonly verb: string;
  readonly allowed: Sight<boolean>;
}

/** `patch pods/resize`. */
const wordsOf = ({ right, verb }: Pick<Answer, 'right' | 'verb'>): string => `${verb} ${qualifiedResource(right)}`;

const deniedOf = (answers: readonly Answer[]) => answers.filter(({ allowed }) => isSeen(allowed) && !allowed.seen);

/** May the operator do what it does? @param user its service account's name in RBAC */
export function examineOperatorRights(user: string, answers: readonly Answer[]): readonly Finding[] {
  const { ok, unknown, problem } = findingsOf('rights');
  const denied = deniedOf(answers);
  if (denied.length > 0)
    return [
      problem(
        `the operator (${user}) may not ${listed(denied.map(wordsOf))}`,
        'run: penstock install, which gives it all rights that it uses; docs/reference/permissions.md says what for',
      ),
    ];
  const hidden = answers.flatMap(({ allowed }) => (isSeen(allowed) ? [] : [allowed.hidden]))[0];
  return [hidden === undefined ? ok('the operator has every right that it uses') : unknown(hidden)];
}

/** May the one who asks use Penstock? */
export function examineOwnRights(namespace: string, answers: readonly Answer[]): readonly Finding[] {
  const { ok, unknown, warning } = findingsOf('you');
  const denied = deniedOf(answers);
  if (denied.length > 0)
    return [
      warning(
        `in namespace ${namespace} you may not ${listed(denied.map(wordsOf))}`,
        "ask for Kubernetes' role edit there, which brings Penstock's with it",
      ),
    ];
  const hidden = answers.flatMap(({ allowed }) => (isSeen(allowed) ? [] : [allowed.hidden]))[0];
  return [
    hidden === undefined ? ok(`in namespace ${namespace} you may keep pools and claim containers`) : unknown(hidden),
  ];
}
