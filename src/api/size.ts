import { z } from 'zod';
import { parseQuantity } from '../support/quantity.js';
import { atMost, quantity } from './fields.js';
import { type Rule, ruled } from './schema/rule.js';

/** The size of a container, as claims ask for it and as pools name it. */

/** Below this an amount of memory is a mistake of unit: `512m` is half a byte, `512` are bytes. */
const leastMemory = { text: '1Mi', bytes: 2 ** 20 };

const memory = ruled(quantity, {
  rule: `!isQuantity(string(self)) || quantity(string(self)).compareTo(quantity('0')) == 0 || quantity(string(self)).compareTo(quantity('${leastMemory.text}')) >= 0`,
  message: `must be 0 or at least ${leastMemory.text}; megabytes are written 512Mi or 512M`,
  check: (amount) => {
    const bytes = parseQuantity(amount);
    return bytes === undefined || bytes === 0 || bytes >= leastMemory.bytes;
  },
});

const amounts = z.strictObject({
  cpu: quantity.optional().describe('Cores, such as 2 or 500m.'),
  memory: memory.optional().describe('Bytes, such as 512Mi or 2Gi.'),
});

type Amounts = z.output<typeof amounts>;

const requestsWithinLimits = (
  of: keyof Amounts,
): Rule<{ requests?: Amounts | undefined; limits?: Amounts | undefined }> => ({
  rule: [
    `!has(self.requests) || !has(self.requests.${of}) || !isQuantity(string(self.requests.${of}))`,
    `!has(self.limits) || !has(self.limits.${of}) || !isQuantity(string(self.limits.${of}))`,
    `quantity(string(self.requests.${of})).compareTo(quantity(string(self.limits.${of}))) <= 0`,
  ].join(' || '),
  message: `must not request more ${of} than its limit`,
  field: 'requests',
  check: ({ requests, limits }) => atMost(requests?.[of], limits?.[of]),
});

export const resources = ruled(
  z.strictObject({
    requests: amounts.optional().describe('What is set aside for the container.'),
    limits: amounts.optional().describe('What the container can use at most.'),
  }),
  requestsWithinLimits('cpu'),
  requestsWithinLimits('memory'),
);
