import { BadRequest } from '../../cluster/errors.js';
import { qualifiedNameProblems } from './names.js';

type Labels = Readonly<Record<string, string>>;
export type LabelMatch = (labels: Labels) => boolean;

const name = '[A-Za-z0-9_.\\-/]*';
const requirement = new RegExp(
  `^\\s*(?:(?<absent>!)\\s*(?<gone>${name})|(?<key>${name})\\s*(?:(?<operator>==|=|!=)\\s*(?<value>${name})|\\s(?<set>in|notin)\\s*\\((?<values>[^()]*)\\)|(?<order>[<>])\\s*(?<number>-?[0-9]+))?)\\s*(?:,|$)`,
);

/** Reads a label selector such as `app=web,tier in (a,b),!canary`. Throws BadRequest when it is none. */
export function labelMatch(selector: string | undefined): LabelMatch | undefined {
  if (selector === undefined || selector.trim() === '') return undefined;
  const matches: LabelMatch[] = [];
  let rest = selector;
  while (rest !== '') {
    const match = requirement.exec(rest);
    const parts = match?.groups;
    const key = parts?.gone ?? parts?.key ?? '';
    if (!match || !parts || key === '')
      throw new BadRequest(
        `unable to parse requirement: found '${rest}', expected: a label selector such as a=b,c in (d,e)`,
      );
    const [problem] = qualifiedNameProblems(key);
    if (problem) throw new BadRequest(`unable to parse requirement: key: Invalid value: "${key}": ${problem}`);
    matches.push(matchOf(key, parts));
    const comma = match[0].endsWith(',');
    rest = rest.slice(match[0].length);
    if (comma && rest.trim() === '')
      throw new BadRequest(`unable to parse requirement: found '', expected: identifier after ',' in '${selector}'`);
  }
  const [only] = matches;
  return matches.length === 1 ? only : (labels) => matches.every((one) => one(labels));
}

function matchOf(key: string, parts: Readonly<Record<string, string | undefined>>): LabelMatch {
  if (parts.absent) return (labels) => labels[key] === undefined;
  if (parts.order !== undefined) {
    const number = Number(parts.number);
    const sign = parts.order === '<' ? -1 : 1;
    return (labels) => labels[key] !== undefined && (Number(labels[key]) - number) * sign > 0;
  }
  if (parts.set !== undefined) {
    const values = new Set((parts.values ?? '').split(',').map((value) => value.trim()));
    // `notin` and `!=` also select what has no such label, as in Kubernetes
    if (parts.set === 'notin') return (labels) => labels[key] === undefined || !values.has(labels[key]);
    return (labels) => labels[key] !== undefined && values.has(labels[key]);
  }
  const value = parts.value;
  if (parts.operator === undefined) return (labels) => labels[key] !== undefined;
  return parts.operator === '!=' ? (labels) => labels[key] !== value : (labels) => labels[key] === value;
}

export interface FieldTerm {
  readonly field: string;
  readonly value: string;
  readonly equal: boolean;
}

/** Reads a field selector such as `spec.nodeName=n1,status.phase!=Running`. Throws BadRequest when it is none. */
export function fieldTerms(selector: string | undefined): readonly FieldTerm[] {
  if (selector === undefined || selector.trim() === '') return [];
  return selector.split(',').map((term) => {
    const match = /^([^=!]+)(==|=|!=)(.*)$/.exec(term.trim());
    if (!match) throw new BadRequest(`invalid field selector: '${term}'; expected field=value or field!=value`);
    const [, field = '', operator, value = ''] = match;
    return { field: field.trim(), value: value.replace(/\\([\\,=])/g, '$1'), equal: operator !== '!=' };
  });
}
