import { expect, it } from 'vitest';
import { customResourceDefinitions, schemaAnnotations } from './crds.js';
import { definitions } from './definitions.js';
import type { StructuralSchema } from './schema/structural.js';

/** All fields of a schema, by path. */
function* fieldsOf(schema: StructuralSchema, path: string): Generator<readonly [string, StructuralSchema]> {
  yield [path, schema];
  for (const [name, field] of Object.entries(schema.properties ?? {})) yield* fieldsOf(field, `${path}.${name}`);
  if (schema.items) yield* fieldsOf(schema.items, `${path}[]`);
  if (schema.additionalProperties) yield* fieldsOf(schema.additionalProperties, `${path}{}`);
}

const fields = definitions.flatMap(({ kind, structural }) => [...fieldsOf(structural, kind.name)]);

/** Where a template, or what a stage of a line wants to know, is kept as it is written. */
const kept = /^ContainerPool\.spec\.template|\.settings$|^ProductionLine\.status\.accepted\[\]\.spec$/;

it('gives every value one type, and keeps unknown fields only where others say what they are', () => {
  const typeless = fields.filter(
    ([, field]) => field.type === undefined && !field['x-kubernetes-int-or-string'] && !isNumberOrString(field),
  );
  // the server knows these itself, they do not go into the CRD
  expect(typeless.map(([path]) => path).filter((path) => !path.includes('.metadata.'))).toEqual([]);
  const loose = fields.filter(([, field]) => field['x-kubernetes-preserve-unknown-fields']);
  expect(loose.map(([path]) => path).filter((path) => !kept.test(path))).toEqual([]);
});

/** What no structural schema has a type for: it is said by what it is not. */
const isNumberOrString = ({ maxProperties, maxItems }: StructuralSchema) => maxProperties === 0 && maxItems === 0;

it('bounds the length of every text that has a pattern', () => {
  const patterned = fields.filter(([, { pattern }]) => pattern !== undefined);
  expect(patterned.length).toBeGreaterThan(50);
  expect(patterned.filter(([, { maxLength }]) => maxLength === undefined).map(([path]) => path)).toEqual([]);
});

it('describes every field of ours', () => {
  const silent = fields.filter(([path, { description }]) => description === undefined && /\.(spec|status)/.test(path));
  const ours = silent.map(([path]) => path).filter((path) => !path.includes('.template.') && !/[\]}]$/.test(path));
  expect(ours).toEqual([]);
});

it('names each rule once, with a message that reads after the name of the field', () => {
  for (const [, { 'x-kubernetes-validations': rules = [] }] of fields) {
    expect(new Set(rules.map(({ rule }) => rule)).size).toBe(rules.length);
    for (const { message } of rules) expect(message).toMatch(/^(must|cannot) /);
  }
});

it('says what an API server has to serve', () => {
  const [pool, claim, line] = customResourceDefinitions;
  expect(pool?.spec.versions[0]?.subresources).toEqual({
    status: {},
    scale: {
      specReplicasPath: '.spec.replicas',
      statusReplicasPath: '.status.replicas',
      labelSelectorPath: '.status.selector',
    },
  });
  expect(claim?.spec.versions[0]?.subresources).toEqual({ status: {} });
  expect(line?.spec.versions[0]?.subresources).toEqual({ status: {} });
  expect(JSON.stringify(claim?.spec.versions[0]?.schema)).toContain('"rule":"self == oldSelf"');
  for (const { metadata } of customResourceDefinitions) {
    expect(metadata.annotations?.[schemaAnnotations.fingerprint]).toMatch(/^[0-9a-f]{10}$/);
    expect(Number(metadata.annotations?.[schemaAnnotations.revision])).toBeGreaterThan(0);
  }
});
