/** What Kubernetes takes as a name, a label or a finalizer; the messages are the server's. */

const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const labelPattern = new RegExp(`^${label}$`);
const subdomainPattern = new RegExp(`^${label}(\\.${label})*$`);
const part = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const partPattern = new RegExp(`^${part}$`);

const usedForValidation = (pattern: string) => `regex used for validation is '${pattern}'`;
const tooLong = (most: number) => `must be no more than ${most} bytes`;
const partMessage = `must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', ${usedForValidation(part)})`;

export function labelNameProblems(name: string): readonly string[] {
  const problems: string[] = [];
  if (name.length > 63) problems.push(tooLong(63));
  if (!labelPattern.test(name))
    problems.push(
      `a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', ${usedForValidation(label)})`,
    );
  return problems;
}

export function subdomainProblems(name: string): readonly string[] {
  const problems: string[] = [];
  if (name.length > 253) problems.push(tooLong(253));
  if (!subdomainPattern.test(name))
    problems.push(
      `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', ${usedForValidation(`${label}(\\.${label})*`)})`,
    );
  return problems;
}

export function pathSegmentProblems(name: string): readonly string[] {
  if (name === '.' || name === '..') return [`may not be '${name}'`];
  return ['/', '%'].filter((sign) => name.includes(sign)).map((sign) => `may not contain '${sign}'`);
}

/** Keys of labels and annotations, finalizers: a name with an optional DNS prefix. */
export function qualifiedNameProblems(name: string): readonly string[] {
  const parts = name.split('/');
  if (parts.length > 2)
    return [
      `a valid label key ${partMessage.slice(0, -1)}) with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ];
  const problems: string[] = [];
  if (parts.length === 2) {
    const [prefix = ''] = parts;
    if (prefix === '') problems.push('prefix part must be non-empty');
    else problems.push(...subdomainProblems(prefix).map((problem) => `prefix part ${problem}`));
  }
  const last = parts.at(-1) ?? '';
  if (last === '') problems.push('name part must be non-empty');
  if (last.length > 63) problems.push(`name part ${tooLong(63)}`);
  if (!partPattern.test(last)) problems.push(`name part ${partMessage}`);
  return problems;
}

export function labelValueProblems(value: string): readonly string[] {
  const problems: string[] = [];
  if (value.length > 63) problems.push(tooLong(63));
  if (value !== '' && !partPattern.test(value))
    problems.push(
      `a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', ${usedForValidation(`(${part})?`)})`,
    );
  return problems;
}
