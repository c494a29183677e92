import { describe, expect, it } from 'vitest';
import { Breaker } from './breaker.js';

const pause = 30_000;

it('counts nothing for a call that was broken off, and lets another one probe', () => {
  const breaker = new Breaker(1, 100);
  breaker.abandoned();
  expect(breaker.isOpen).toBe(false);
  breaker.failed(0);
  expect(breaker.admit(100)).toEqual({ go: true });
  breaker.abandoned();
  expect(breaker.admit(100)).toEqual({ go: true });
});

describe('Breaker', () => {
  it('opens after so many failures in a row, and lets one through after its pause', () => {
    const breaker = new Breaker(2, pause);
    breaker.failed(0);
    expect(breaker.admit(1)).toEqual({ go: true });
    breaker.failed(1);
    expect(breaker.admit(2)).toEqual({ go: false, after: pause - 1 });
    expect(breaker.admit(pause + 1)).toEqual({ go: true });
    // the others wait for what the probe finds
    expect(breaker.admit(pause + 1)).toEqual({ go: false, after: 1000 });
  });

  it('closes when the probe is answered', () => {
    const breaker = new Breaker(1, pause);
    breaker.failed(0);
    expect(breaker.admit(pause)).toEqual({ go: true });
    breaker.answered();
    expect(breaker.admit(pause)).toEqual({ go: true });
    expect(breaker.admit(pause)).toEqual({ go: true });
  });

  it('opens again when it is not', () => {
    const breaker = new Breaker(1, pause);
    breaker.failed(0);
    breaker.admit(pause);
    breaker.failed(pause);
    expect(breaker.admit(pause + 1)).toEqual({ go: false, after: pause - 1 });
  });

  it('forgets failures when one is answered in between', () => {
    const breaker = new Breaker(2, pause);
    for (let i = 0; i < 10; i++) {
      breaker.failed(i);
      breaker.answered();
    }
    expect(breaker.admit(10)).toEqual({ go: true });
  });
});
