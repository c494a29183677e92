/** Finds the regular expressions of a source tree, by reading it: none needs to be listed to be looked at. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import ts from 'typescript';

export interface Expression {
  /** `support/time.ts:29` */
  readonly place: string;
  /** `undefined` where it cannot be told. */
  readonly pattern: RegExp | undefined;
}

/** All regular expressions below a folder, but for those of its tests. */
export async function expressionsOf(folder: string): Promise<readonly Expression[]> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .sort();
  const found = names.map(async (name) => {
    const path = join(folder, name);
    const expressions = expressionsIn(name, readFileSync(path, 'utf8'));
    return Promise.all(
      expressions.map(async (one) => ({ ...one, pattern: one.pattern ?? (await exported(path, one)) })),
    );
  });
  return (await Promise.all(found)).flat();
}

/** One that is put together from what other files say: its module tells what came of it. */
async function exported(path: string, { constant }: Found): Promise<RegExp | undefined> {
  if (constant === undefined) return undefined;
  const value: unknown = Reflect.get(await import(pathToFileURL(path).href), constant);
  return value instanceof RegExp ? value : undefined;
}

interface Found extends Expression {
  /** The constant that it is the value of. */
  readonly constant?: string;
}

export function expressionsIn(name: string, text: string): readonly Found[] {
  const file = ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true);
  const found: Found[] = [];
  const visit = (node: ts.Node) => {
    const place = () => `${name}:${file.getLineAndCharacterOfPosition(node.getStart()).line + 1}`;
    if (ts.isRegularExpressionLiteral(node)) found.push({ place: place(), pattern: literal(node) });
    else if (isConstruction(node))
      found.push({ place: place(), pattern: constructed(node, file), ...constantWith(node) });
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

const constantWith = ({ parent }: ts.Node) =>
  ts.isVariableDeclaration(parent) ? { constant: parent.name.getText() } : {};

function literal({ text }: ts.RegularExpressionLiteral): RegExp {
  const end = text.lastIndexOf('/');
  return new RegExp(text.slice(1, end), text.slice(end + 1));
}

const isConstruction = (node: ts.Node): node is ts.NewExpression | ts.CallExpression =>
  (ts.isNewExpression(node) || ts.isCallExpression(node)) && node.expression.getText() === 'RegExp';

function constructed(node: ts.NewExpression | ts.CallExpression, file: ts.SourceFile): RegExp | undefined {
  const [source, flags] = node.arguments ?? [];
  const text = source && textOf(source, file);
  return text === undefined ? undefined : new RegExp(text, flags && textOf(flags, file));
}

/** The text of an expression made of literals and of constants of the same file. */
function textOf(node: ts.Expression, file: ts.SourceFile): string | undefined {
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return node.text;
  if (ts.isIdentifier(node)) {
    const value = constantOf(node.text, file);
    return value && textOf(value, file);
  }
  if (!ts.isTemplateExpression(node)) return undefined;
  let text = node.head.text;
  for (const { expression, literal: after } of node.templateSpans) {
    const part = textOf(expression, file);
    if (part === undefined) return undefined;
    text += part + after.text;
  }
  return text;
}

function constantOf(name: string, { statements }: ts.SourceFile): ts.Expression | undefined {
  return statements
    .filter(ts.isVariableStatement)
    .flatMap(({ declarationList }) => declarationList.declarations)
    .find((one) => one.name.getText() === name)?.initializer;
}
