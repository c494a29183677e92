import { expect, test } from 'vitest';
import { readConfiguration } from './read.js';

const configuration = (...profiles: readonly string[]) => `
apiVersion: scheduler.penstock.dev/v1alpha1
kind: SchedulerConfiguration
profiles:
${profiles.map((profile) => `  - { ${profile} }`).join('\n')}
`;

test('Everything that is wrong with the policies of a configuration is in one message', () => {
  const wrong = configuration(
    'schedulerName: one, policy: { name: balanec }',
    'schedulerName: two, policy: { name: balance, settings: { load: { weights: { cpu: 0.5, memory: 0.3 } } } }',
    'schedulerName: three, policy: { name: max-weight }, batchPolicy: { name: pack }',
  );
  expect(() => readConfiguration(wrong, 'scheduler.yaml')).toThrow(
    [
      'scheduler.yaml: profiles[0].policy: there is no policy balanec; did you mean balance?',
      'profiles[1].policy: policy balance: settings.load the weights must add up to 1, they add up to 0.8',
      'profiles[2].policy: max-weight places batches: name it in batchPolicy, and a scoring policy here',
      'profiles[2].batchPolicy: pack places pods one at a time: set batchPolicy to null, and it places all',
    ].join('; '),
  );
});

test('A configuration without prices has those that are documented', () => {
  const { prices } = readConfiguration(configuration('schedulerName: one'), 'scheduler.yaml');
  expect(prices).toMatchObject({ currency: 'yuan', core: 0.13, gibibyte: 0.035 });
});
