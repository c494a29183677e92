import { describe, expect, it } from 'vitest';
import type { Pod } from '../api/kubernetes.js';
import { annotations } from '../api/names.js';
import { second } from '../support/time.js';
import { Reminders } from './reminders.js';

const now = Date.parse('2026-01-01T00:01:00Z');
const pod = (mark?: string): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: 'p',
    namespace: 'default',
    uid: 'u',
    resourceVersion: '1',
    creationTimestamp: '2026-01-01T00:00:00Z',
    ...(mark !== undefined && { annotations: { [annotations.remindedAt]: mark } }),
  },
});

describe('a reminder', () => {
  it('counts from when it was seen, whatever time it carries', () => {
    const reminders = new Reminders();
    const late = pod('2026-01-01T00:00:10.000000Z');
    expect(reminders.see('default/a', [late], now)(late)).toBe(now);
    expect(reminders.see('default/a', [late], now + 9 * second)(late)).toBe(now);
  });

  it('counts anew when there is another one, and after a restart', () => {
    const reminders = new Reminders();
    const [first, second_] = [pod('2026-01-01T00:00:50.000000Z'), pod('2026-01-01T00:00:55.000000Z')];
    reminders.see('default/a', [first], now);
    expect(reminders.see('default/a', [second_], now + second)(second_)).toBe(now + second);
    expect(new Reminders().see('default/a', [second_], now + 2 * second)(second_)).toBe(now + 2 * second);
  });

  it('that was not sent does not count, and what is gone is forgotten', () => {
    const reminders = new Reminders();
    const marked = pod('2026-01-01T00:00:50.000000Z');
    expect(reminders.see('default/a', [pod()], now)(pod())).toBeUndefined();
    reminders.see('default/a', [marked], now);
    reminders.see('default/a', [], now);
    expect(reminders.see('default/a', [marked], now + second)(marked)).toBe(now + second);
  });
});
