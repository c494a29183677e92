import { describe, expect, it } from 'vitest';
import { aPool, now, stocked } from '../../test/objects.js';
import { latch } from '../api/latch.js';
import type { Pod } from '../api/kubernetes.js';
import { annotations, labels, states } from '../api/names.js';
import { templateFingerprint } from '../line/index.js';
import { instantOf, minute, second, timestamp } from '../support/time.js';
import { planReturned } from './plan-returned.js';

const pool = aPool({ latch: latch.parse({ mode: 'Supervise', reuse: 'SameTenant' }) });
const [container] = pool.spec.template.spec?.containers ?? [];
const remindAfter = 2 * second;
/** The reminder, three seconds for the kubelet to show it, the default grace of 5 s, the default scrub deadline of 10 s. */
const cleanAfter = 20 * second;

type Parts = {
  readonly state?: string;
  readonly id?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly status?: Partial<NonNullable<Pod['status']>>;
  readonly size?: Readonly<Record<string, string>>;
};

/** Came back at `now`, in container `c1`, which runs; its kubelet was reminded in time. */
function returned({ state = states.returned, id = 'c1', size, ...parts }: Parts = {}): Pod {
  const resources = size && { limits: size };
  return stocked('p', {
    spec: { containers: [{ name: 'main', image: container?.image ?? '', ...(resources && { resources }) }] },
    metadata: {
      labels: {
        [labels.pool]: 'pool',
        [labels.state]: state,
        [labels.template]: templateFingerprint(pool),
        ...parts.labels,
      },
      annotations: {
        [annotations.latchMode]: 'Supervise',
        [annotations.tenant]: 'ann',
        [annotations.returnedAt]: timestamp(now),
        [annotations.returnedContainer]: 'c1',
        [annotations.remindedAt]: timestamp(now + remindAfter),
        ...parts.annotations,
      },
    },
    status: {
      phase: 'Running',
      containerStatuses: [
        {
          name: 'main',
          image: '',
          imageID: '',
          ready: true,
          started: true,
          restartCount: 0,
          containerID: id,
          state: { running: { startedAt: timestamp(now) } },
          ...(resources && { resources }),
        },
      ],
      ...parts.status,
    },
  });
}

const remindedBy = ({ metadata }: Pod) => instantOf(metadata.annotations?.[annotations.remindedAt]);

const planAt = (after: number, pod: Pod, of = pool) => {
  const { remind, restock, resize, retire, count, wakeAt } = planReturned(of, [pod], now + after, remindedBy);
  return {
    remind: remind.length,
    restock: restock.length,
    resize: resize.length,
    retire: retire.map(({ why }) => why),
    count,
    wakeIn: wakeAt === undefined ? undefined : wakeAt - now,
  };
};

describe('what a container that came back needs', () => {
  it('nothing while its latch may be cleaning', () => {
    expect(planAt(cleanAfter - 1, returned())).toEqual({
      remind: 0,
      restock: 0,
      resize: 0,
      retire: [],
      count: 1,
      wakeIn: cleanAfter,
    });
  });

  it('a reminder to its kubelet, however late, and its latch the whole time after it', () => {
    const unseen = returned({ annotations: { [annotations.remindedAt]: '' } });
    expect(planAt(remindAfter - 1, unseen)).toMatchObject({ remind: 0, restock: 0, count: 1, wakeIn: remindAfter });
    expect(planAt(remindAfter, unseen)).toMatchObject({ remind: 1, restock: 0 });
    expect(planAt(cleanAfter, unseen)).toMatchObject({ remind: 1, restock: 0 });
    const late = returned({ annotations: { [annotations.remindedAt]: timestamp(now + cleanAfter) } });
    expect(planAt(cleanAfter + second, late)).toMatchObject({
      remind: 0,
      restock: 0,
      wakeIn: 2 * cleanAfter - remindAfter,
    });
    expect(planAt(2 * cleanAfter - remindAfter, late)).toMatchObject({ restock: 1 });
  });

  it('to be kept for its tenant, once it must be clean', () => {
    const wakeIn = cleanAfter + 10 * minute;
    expect(planAt(cleanAfter, returned())).toEqual({ remind: 0, restock: 1, resize: 0, retire: [], count: 1, wakeIn });
    expect(planAt(cleanAfter, returned({ state: states.kept }))).toMatchObject({ restock: 0, retire: [], count: 1 });
  });

  it("its template's size first", () => {
    const resources = { limits: { cpu: '1' } };
    const sized = aPool({
      ...pool.spec,
      template: { spec: { containers: [{ name: 'main', image: 'a', resources }] } },
    });
    const parts = { size: { cpu: '2' }, labels: { [labels.template]: templateFingerprint(sized) } };
    expect(planAt(cleanAfter, returned(parts), sized)).toMatchObject({ restock: 0, resize: 1, retire: [] });
    expect(planAt(cleanAfter, returned({ ...parts, size: { cpu: '1' } }), sized)).toMatchObject({
      restock: 1,
      resize: 0,
    });
  });

  it.each<readonly [string, Parts, RegExp]>([
    ['it has restarted', { id: 'c2' }, /has restarted since it came back/],
    ['what came back is not known', { annotations: { [annotations.returnedContainer]: '' } }, /has restarted/],
    ['it has ended', { status: { phase: 'Failed' } }, /has ended/],
    ['the template has changed', { labels: { [labels.template]: 'older' } }, /template has changed/],
    ['it does not run', { status: { containerStatuses: [] } }, /has restarted|does not run/],
  ])('to go when %s', (_, parts, why) => {
    for (const state of [states.returned, states.kept]) {
      const plan = planAt(cleanAfter, returned({ ...parts, state }));
      expect(plan).toMatchObject({ restock: 0, count: 0, retire: [expect.stringMatching(why)] });
    }
  });

  it('to go when nobody of its tenant has come, or the pool uses none again', () => {
    const later = cleanAfter + 10 * minute;
    expect(planAt(later, returned({ state: states.kept })).retire).toEqual(['no claim of its tenant came within 10m']);
    const never = aPool({ latch: latch.parse({ mode: 'Supervise' }) });
    expect(planAt(cleanAfter, returned(), never).retire).toEqual(['the pool uses no container again']);
  });

  it('nothing when it is going already', () => {
    const going = returned({ id: 'c2' });
    const pod = { ...going, metadata: { ...going.metadata, deletionTimestamp: timestamp(now) } };
    expect(planAt(cleanAfter, pod)).toMatchObject({ restock: 0, retire: [], count: 0 });
  });
});
