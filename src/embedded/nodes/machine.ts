import type { Container, Pod } from '../../api/kubernetes.js';
import type { Duration, Instant } from '../../support/time.js';
import type { Amounts } from '../../scheduling/resources/amounts.js';
import type { Fault } from './faults.js';
import type { Profile } from './profile.js';

/** What takes a drawn time. */
export type Step = {
  [Name in keyof Profile]: Profile[Name] extends { median: Duration } ? Name : never;
}[keyof Profile];

/** What a pod meets on its node. */
export interface Machine {
  readonly now: Instant;
  readonly allocatable: Amounts;
  /** What is left for this pod: allocatable less what the others hold. */
  free(): Amounts;
  /** Asks for an image; the answer is when it is there. */
  pull(image: string): Instant;
  /** How long `step` takes for this `thing` of the pod: the same each time it is asked. */
  draw(step: Step, thing: string): Duration;
  fault(pod: Pod, container: Container): Fault | undefined;
}
