/** How long the containers of claims were in the stages of their line: for the claims' status, and as OpenTelemetry's spans. */
import { ROOT_CONTEXT, type Span, SpanStatusCode, trace } from '@opentelemetry/api';
import type { ContainerClaim, ContainerClaimStatus } from '../api/container-claim.js';
import type { Instant } from '../support/time.js';
import type { Note, Step } from './line.js';
import type { Verdict } from './stage.js';
import type { DeliverWork } from './work.js';

/** Claims whose containers are followed at once; of more the oldest are followed no further. */
const followed = 1024;

type Times = NonNullable<ContainerClaimStatus['stages']>;

/** Of one container: how many stages it has behind it, and when it came to the next. */
interface Stay {
  readonly passed: number;
  readonly since: Instant;
}

/** Of one stage. */
interface Figures {
  readonly first: Instant;
  readonly took: number[];
  failed: number;
}

interface Journey {
  readonly start: Instant;
  readonly span: Span;
  /** What the claim's status said when this began. */
  readonly before: Times;
  /** By uid: those that are not through yet. */
  readonly under: Map<string, Stay>;
  readonly stages: Map<string, Figures>;
  last: Instant;
}

/**
 * Follows containers from their choice to the end of the chain. A stage that passed at the first look and one that was
 * asked a hundred times are measured alike: from when the container came to it until it was through. In memory only: after
 * a restart the figures stand where they were last written, and go on with the containers that are taken from then on.
 */
export class Journeys {
  readonly #journeys = new Map<string, Journey>();
  readonly #tracer = trace.getTracer('penstock');

  /** What a run of the chain reports to. @param fresh the containers that are taken now: they are followed from here on */
  of(claim: ContainerClaim, fresh: readonly DeliverWork[]): Note<DeliverWork> {
    const begun = new Set(fresh.map(({ pod }) => pod.metadata.uid));
    return (work, step, from, to, verdict) => {
      const { uid } = work.pod.metadata;
      const { uid: claimUid } = claim.metadata;
      if (begun.delete(uid)) {
        const journey = this.#journeys.get(claimUid) ?? this.#begin(claim, from);
        journey.under.set(uid, { passed: 0, since: from });
      }
      const journey = this.#journeys.get(claimUid);
      const stay = journey?.under.get(uid);
      if (!journey || !stay || step.index !== stay.passed) return;
      advance(journey, uid, stay, step, to, verdict);
      if (verdict.verdict !== 'retry') this.#trace(journey, work, step, stay.since, to, verdict);
    };
  }

  /** What the claim's status is to say of them, nothing when nothing was measured. */
  told({ metadata: { uid } }: ContainerClaim): Pick<ContainerClaimStatus, 'stages'> {
    const journey = this.#journeys.get(uid);
    return journey ? { stages: merged(journey) } : {};
  }

  /** The claim has all that it will get: unless containers are still on their way, they are followed no further. */
  settle(claim: ContainerClaim): void {
    if (this.#journeys.get(claim.metadata.uid)?.under.size === 0) this.end(claim.metadata.uid);
  }

  /** @param uid of a claim that is gone */
  end(uid: string): void {
    const journey = this.#journeys.get(uid);
    journey?.span.end(journey.last);
    this.#journeys.delete(uid);
  }

  #begin(claim: ContainerClaim, start: Instant): Journey {
    const { name, namespace = '', uid } = claim.metadata;
    const attributes = { 'penstock.claim': name, 'penstock.claim.uid': uid, 'k8s.namespace.name': namespace };
    const span = this.#tracer.startSpan('claim', { startTime: start, attributes, root: true });
    const before = claim.status?.stages ?? [];
    const journey: Journey = { start, span, before, under: new Map(), stages: new Map(), last: start };
    this.#journeys.set(uid, journey);
    const [oldest] = this.#journeys.keys();
    if (this.#journeys.size > followed && oldest !== undefined) this.end(oldest);
    return journey;
  }

  /** One span for a container's whole stay in a stage, when that is over. */
  #trace(
    { span: parent }: Journey,
    { pod, slot }: DeliverWork,
    { name }: Step,
    from: Instant,
    to: Instant,
    verdict: Verdict<DeliverWork>,
  ): void {
    if (!parent.isRecording()) return;
    const attributes = {
      'k8s.pod.name': pod.metadata.name,
      'penstock.item': slot.itemName,
      'penstock.index': slot.index,
    };
    const span = this.#tracer.startSpan(name, { startTime: from, attributes }, trace.setSpan(ROOT_CONTEXT, parent));
    if (verdict.verdict === 'fail') span.setStatus({ code: SpanStatusCode.ERROR, message: verdict.why });
    span.end(to);
  }
}

function advance(
  journey: Journey,
  uid: string,
  stay: Stay,
  { name, index, last }: Step,
  to: Instant,
  { verdict }: Verdict<DeliverWork>,
): void {
  const known = journey.stages.get(name);
  const figures = known ?? { first: stay.since, took: [], failed: 0 };
  if (!known) journey.stages.set(name, figures);
  if (verdict === 'retry') return;
  journey.last = Math.max(journey.last, to);
  if (verdict === 'fail') figures.failed++;
  else figures.took.push(to - stay.since);
  if (verdict === 'fail' || last) journey.under.delete(uid);
  else journey.under.set(uid, { passed: index + 1, since: to });
}

/** What was known before, with what has come since: of the median only the latter can tell. */
function merged({ before, stages, start }: Journey): Times {
  const names = new Set([...before.map(({ stage }) => stage), ...stages.keys()]);
  return [...names].slice(0, 16).map((stage) => {
    const old = before.find((one) => one.stage === stage);
    const figures = stages.get(stage);
    const took = [...(figures?.took ?? [])].sort((a, b) => a - b);
    return {
      stage,
      start: old?.start ?? Math.round((figures?.first ?? start) - start),
      count: (old?.count ?? 0) + took.length,
      p50: Math.round(took[Math.ceil(took.length / 2) - 1] ?? old?.p50 ?? 0),
      max: Math.round(Math.max(old?.max ?? 0, took.at(-1) ?? 0)),
      failed: (old?.failed ?? 0) + (figures?.failed ?? 0),
    };
  });
}
