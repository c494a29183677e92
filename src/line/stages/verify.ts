import { z } from 'zod';
import { instantOf, parseDuration } from '../../support/time.js';
import { hasItsImage } from '../image.js';
import { deliveredAt, isReady, readySince } from '../pod-state.js';
import { pass, retry, type Stage } from '../stage.js';
import { stageType } from '../stage-type.js';
import type { DeliverWork } from '../work.js';

/**
 * Passes when the container is ready, by its own probes, as the claim's. One that does not become so after its delivery is
 * replaced after the stage's time-out, while the claim's deadline has not passed. Once the claim was ready with it, its
 * readiness is its program's own affair.
 */
export const verify = stageType({
  name: 'verify',
  about:
    'Waits until the container is ready by its own probes. With a timeout, one that runs and does not become ready after its delivery is replaced, as long as the deadline of its claim has not passed; once the claim was ready with it, it is left alone.',
  settings: z.strictObject({}),
  make: (): Stage<DeliverWork> => ({
    name: 'verify',
    isDone: isVerified,
    run: (work) => Promise.resolve(isVerified(work) ? pass(work) : retry(work, 'the container is not ready')),
    since: ({ pod, claim }, { clock }) => {
      const delivered = deliveredAt(pod);
      const wasReady = instantOf(claim.status?.readyAt);
      // what waits for a node or an image fails no check: another one would wait with it
      if ((pod.status?.phase ?? 'Pending') === 'Pending') return Infinity;
      if (delivered === undefined || (wasReady !== undefined && delivered <= wasReady)) return Infinity;
      const { spec, metadata } = claim;
      const allowed = parseDuration(spec.deadline ?? '');
      const deadline = (instantOf(metadata.creationTimestamp) ?? 0) + (allowed ?? Infinity);
      return clock.now() > deadline ? Infinity : Math.max(delivered, readySince(pod) ?? delivered);
    },
  }),
});

/** With its own image: until the kubelet has seen the change the one from stock is ready. */
const isVerified = (work: DeliverWork): boolean => isReady(work.pod) && hasItsImage(work);
