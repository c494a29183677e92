import { expect, test } from 'vitest';
import { aClaim, delivered, ready } from '../../test/objects.js';
import { annotations } from '../api/names.js';
import { containerOf } from './container.js';

const claim = aClaim();

test('a delivered pod, in the words of its claim', () => {
  const plain = delivered('web-x', claim, 3);
  const pod = {
    ...plain,
    metadata: {
      ...plain.metadata,
      annotations: { ...plain.metadata.annotations, [annotations.item]: 'e2e', [annotations.origin]: 'cold' },
    },
    spec: {
      nodeName: 'node-1',
      containers: [
        {
          name: 'web',
          ports: [
            { name: 'http', containerPort: 8080 },
            { containerPort: 53, protocol: 'UDP' },
          ],
        },
        { name: 'agent', ports: [{ containerPort: 9000 }] },
      ],
    },
    status: { ...ready, podIP: '10.1.0.7' },
  };
  expect(containerOf(pod)).toEqual({
    name: 'web-x',
    namespace: 'default',
    item: 'e2e',
    index: 3,
    ready: true,
    node: 'node-1',
    ip: '10.1.0.7',
    ports: [
      { name: 'http', port: 8080, protocol: 'TCP' },
      { port: 53, protocol: 'UDP' },
      { port: 9000, protocol: 'TCP' },
    ],
    origin: 'cold',
    deliveredAt: plain.metadata.annotations?.[annotations.deliveredAt],
    pod,
  });
});

test('what is not known yet is left out', () => {
  const container = containerOf(delivered('web-x', claim, 0, { spec: { containers: [] }, status: {} }));
  expect(container).toMatchObject({ ready: false, ports: [] });
  expect(container).not.toHaveProperty('ip');
  expect(container).not.toHaveProperty('node');
});
