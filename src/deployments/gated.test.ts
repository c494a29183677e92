import { expect, it } from 'vitest';
import { aDeployment } from '../../test/objects.js';
import type { Deployment, PodTemplate } from '../api/kubernetes.js';
import { optIn, stockGate } from '../api/names.js';
import { gatedDeployments } from './gated.js';

const of = (template: PodTemplate): Deployment => ({
  ...aDeployment(),
  spec: { selector: { matchLabels: { app: 'web' } }, template },
});
const spec = { containers: [{ name: 'main' }] };

it.each<[string, PodTemplate, boolean]>([
  ['does not ask', { spec }, false],
  ['asks by the annotation', { metadata: { annotations: { [optIn.gate]: 'true' } }, spec }, true],
  ['says that it does not', { metadata: { annotations: { [optIn.gate]: 'false' } }, spec }, false],
  ['has the gate itself', { spec: { ...spec, schedulingGates: [{ name: stockGate }] } }, true],
  ['has the gate of somebody else', { spec: { ...spec, schedulingGates: [{ name: 'example.com/quota' }] } }, false],
])('a Deployment whose template %s', (_what, template, expected) => {
  const one = of(template);
  expect(gatedDeployments([one])).toEqual(expected ? [one] : []);
});
