/** What docs/how-to/schedule-by-use.md shows can be used as it stands. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readConfiguration } from '../../src/scheduler/index.js';
import { policyTypes } from '../../src/scheduling/index.js';

const page = readFileSync('docs/how-to/schedule-by-use.md', 'utf8');
const blocks = [...page.matchAll(/```yaml\n(.*?)```/gs)].map(([, text = '']) => text);
const header = 'apiVersion: scheduler.penstock.dev/v1alpha1\nkind: SchedulerConfiguration\n';
const configurations = blocks.flatMap((text) => {
  if (text.includes('kind: SchedulerConfiguration')) return [text];
  return text.startsWith('use:') ? [`${header}${text}`] : [];
});

test('The page shows configurations', () => {
  expect(configurations.length).toBeGreaterThan(2);
});

test.each(configurations)('The scheduler reads the configuration %j of the page', (text) => {
  expect(readConfiguration(text, 'page').profiles.length).toBeGreaterThan(0);
});

test('The table of policies has names that there are, in the right field', () => {
  const rows = [...page.matchAll(/^\| `([a-z-]+)` \| `(policy|batchPolicy)`/gm)];
  const fieldOf = (name: string) => {
    const type = policyTypes.find((one) => one.name === name);
    return type && { score: 'policy', batch: 'batchPolicy' }[type.create().kind];
  };
  expect(rows.length).toBeGreaterThan(3);
  for (const [, name = '', field] of rows) expect({ name, field: fieldOf(name) }).toEqual({ name, field });
});
