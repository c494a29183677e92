import type { Kind } from '../../api/meta/kind.js';
import type { Resource } from '../../api/meta/resource.js';
import { isObjectFailure } from '../../cluster/errors.js';
import { CodedError, exitCodes, messageOf } from '../../support/errors.js';
import { counted } from '../doctor/finding.js';

/** Objects that the server would not let go, because of a policy or a webhook, say: the others go on without them. */
export class RefusedObjects {
  readonly #sentences = new Map<string, string>();

  /** Does this to each. Those that were refused before are left out; what the others give is returned. */
  async each<T extends Resource, R>(
    kind: Kind<T>,
    objects: readonly T[],
    act: (object: T) => Promise<R>,
  ): Promise<readonly R[]> {
    const tried = objects.filter((object) => !this.has(object));
    const outcomes = await Promise.allSettled(tried.map(act));
    return outcomes.flatMap((outcome, at) => {
      if (outcome.status === 'fulfilled') return [outcome.value];
      if (!isObjectFailure(outcome.reason)) throw outcome.reason;
      const { metadata } = tried[at] as T;
      const name = [metadata.namespace, metadata.name].filter(Boolean).join('/');
      this.#sentences.set(metadata.uid, `${kind.name} ${name}: ${messageOf(outcome.reason)}`);
      return [];
    });
  }

  has({ metadata }: Resource): boolean {
    return this.#sentences.has(metadata.uid);
  }

  /** Throws CodedError UNINSTALL_REFUSED where there are any. */
  throwIfAny(): void {
    const [example] = this.#sentences.values();
    if (example === undefined) return;
    throw new CodedError(
      'UNINSTALL_REFUSED',
      `the server refuses to let ${counted(this.#sentences.size, 'object')} go, such as ${example}`,
      'see what refuses it, and run this again: all else is done, and the definitions stay until then',
      exitCodes.failed,
    );
  }
}
