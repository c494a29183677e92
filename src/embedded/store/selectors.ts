import { BadRequest } from '../../cluster/errors.js';
import { qualifiedNameProblems } from './names.js';

type Labels = Readonly<Record<string, string>>;
export type LabelMatch = (labels: Labels) => boolean;

const tokens = /[-A-Za-z0-9_./]+|==|!=|\S/g;
const word = /^[-A-Za-z0-9_./]+$/;
const integer = /^-?[0-9]+$/;

/** Reads a label selector such as `app=web,tier in (a,b),!canary`. Throws BadRequest when it is none. */
export function labelMatch(selector: string | undefined): LabelMatch | undefined {
  if (selector === undefined || selector.trim() === '') return undefined;
  const rest = new Tokens(selector);
  const matches: LabelMatch[] = [];
  do matches.push(requirementOf(rest));
  while (rest.take(','));
  if (rest.next !== undefined) throw rest.unexpected("',' or the end");
  const [only] = matches;
  return matches.length === 1 ? only : (labels) => matches.every((one) => one(labels));
}

/** A selector word by word. */
class Tokens {
  readonly #all: readonly string[];
  #at = 0;

  constructor(private readonly selector: string) {
    this.#all = selector.match(tokens) ?? [];
  }

  get next(): string | undefined {
    return this.#all[this.#at];
  }

  /** Goes past the next token if it is one of these. */
  take(...wanted: readonly string[]): string | undefined {
    const { next } = this;
    if (next === undefined || !wanted.includes(next)) return undefined;
    this.#at++;
    return next;
  }

  takeLike(pattern: RegExp): string | undefined {
    return this.next !== undefined && pattern.test(this.next) ? this.take(this.next) : undefined;
  }

  unexpected(expected: string): BadRequest {
    return new BadRequest(
      `unable to parse requirement: found '${this.next ?? ''}', expected: ${expected}, in '${this.selector}'`,
    );
  }
}

function requirementOf(rest: Tokens): LabelMatch {
  const absent = rest.take('!') !== undefined;
  const key = rest.takeLike(word);
  if (key === undefined) throw rest.unexpected('a label selector such as a=b,c in (d,e)');
  const [problem] = qualifiedNameProblems(key);
  if (problem) throw new BadRequest(`unable to parse requirement: key: Invalid value: "${key}": ${problem}`);
  if (absent) return (labels) => labels[key] === undefined;
  const operator = rest.take('=', '==', '!=', 'in', 'notin', '<', '>');
  switch (operator) {
    case undefined:
      return (labels) => labels[key] !== undefined;
    case '<':
    case '>':
      return comparison(key, operator === '<' ? -1 : 1, rest);
    case 'in':
    case 'notin':
      return among(key, valuesOf(rest), operator === 'in');
    default:
      return among(key, new Set([rest.takeLike(word) ?? '']), operator !== '!=');
  }
}

/** `notin` and `!=` also select what has no such label, as in Kubernetes. */
const among = (key: string, values: ReadonlySet<string>, wanted: boolean): LabelMatch =>
  wanted
    ? (labels) => labels[key] !== undefined && values.has(labels[key])
    : (labels) => labels[key] === undefined || !values.has(labels[key]);

function comparison(key: string, sign: number, rest: Tokens): LabelMatch {
  const number = rest.takeLike(integer);
  if (number === undefined) throw rest.unexpected('an integer');
  return (labels) => labels[key] !== undefined && (Number(labels[key]) - Number(number)) * sign > 0;
}

function valuesOf(rest: Tokens): ReadonlySet<string> {
  if (!rest.take('(')) throw rest.unexpected("'('");
  const values = new Set<string>();
  do values.add(rest.takeLike(word) ?? '');
  while (rest.take(','));
  if (!rest.take(')')) throw rest.unexpected("',' or ')'");
  return values;
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
