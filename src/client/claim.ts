import { ContainerClaim } from '../api/container-claim.js';
import { type ClaimProgress, progressOf } from './claim-progress.js';
import { type Container, containerOf } from './container.js';
import { containersOf } from './containers.js';
import { follow } from './follow.js';
import type { Access } from './access.js';
import { releaseClaim } from './release.js';
import { untilComplete } from './until-complete.js';
import { untilReady } from './until-ready.js';

/** How long a call may go on. */
export interface CallOptions {
  /** Aborting it ends the call at once, with the signal's reason. What has been asked for is not undone. */
  readonly signal?: AbortSignal;
}

export interface WaitOptions extends CallOptions {
  /** Told how far the claim has come, at first and after each change. */
  readonly onProgress?: (progress: ClaimProgress) => void;
}

/** How the work of a claim ended. */
export interface ClaimOutcome extends Pick<ClaimProgress, 'succeeded' | 'failed' | 'sentence'> {
  /** 0 where all has succeeded, else that of the last container that failed. */
  readonly exitCode: number;
  /** All of them, those too whose work failed and was tried again in another. */
  readonly containers: readonly Container[];
}

/** A claim in the cluster: this one, and not another that has its name later. It holds nothing that must be closed. */
export class Claim {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  readonly #access: Access;

  constructor(access: Access, { metadata: { name, namespace = '', uid } }: ContainerClaim) {
    this.#access = access;
    this.name = name;
    this.namespace = namespace;
    this.uid = uid;
  }

  /**
   * Waits until the claim has all the containers that it will get, and all of them are ready. Says how many these are: with
   * `minAvailable` it may be fewer than were asked for.
   *
   * An abort, like an error, leaves the claim as it is: wait again, or release it. Throws PenstockError CLAIM_REFUSED,
   * CLAIM_TIMED_OUT, CLAIM_FAILED, CLAIM_GONE, CLAIM_UNATTENDED.
   */
  async waitUntilReady({ signal, onProgress }: WaitOptions = {}): Promise<ClaimProgress> {
    const { name, namespace, uid } = this;
    return this.#access.call(signal, async (parts) =>
      progressOf(await untilReady(parts, { name, namespace, uid }, onProgress)),
    );
  }

  /**
   * Waits until all its work has succeeded, or so much has failed that the claim has (`backoffLimit`): for pools whose template
   * says `restartPolicy: Never` or `OnFailure`. A failure of the work is no error of this call: the outcome tells it.
   *
   * Throws PenstockError as `waitUntilReady` does, and CLAIM_NEVER_COMPLETES where containers are started again whenever they
   * end.
   */
  async waitUntilComplete({ signal, onProgress }: WaitOptions = {}): Promise<ClaimOutcome> {
    const { name, namespace, uid } = this;
    return this.#access.call(signal, async (parts) => {
      const { claim, pods, exitCode } = await untilComplete(parts, { name, namespace, uid }, onProgress);
      const { succeeded, failed, sentence } = progressOf(claim);
      return { succeeded, failed, sentence, exitCode, containers: pods.map(containerOf) };
    });
  }

  /** How far it has come. Throws PenstockError CLAIM_GONE. */
  async progress({ signal }: CallOptions = {}): Promise<ClaimProgress> {
    for await (const progress of this.changes(signal ? { signal } : {})) return progress;
    throw this.#access.gone(this.name);
  }

  /**
   * How far it has come, now and after each change, such as the loss of a container and its replacement. Ends when the claim
   * is deleted. Of changes in quick succession only the last may be told.
   */
  async *changes({ signal }: CallOptions = {}): AsyncGenerator<ClaimProgress, void> {
    const { name, namespace } = this;
    const claims = this.#access.each(signal, (parts) => follow(parts, ContainerClaim, { name, namespace }));
    for await (const claim of claims) {
      if (claim?.metadata.uid !== this.uid) return;
      yield progressOf(claim);
    }
  }

  /** The containers that it has now, by their number. Those of a claim that is gone end soon after it. */
  async containers({ signal }: CallOptions = {}): Promise<readonly Container[]> {
    const { name, namespace, uid } = this;
    return this.#access.call(signal, async (parts) =>
      (await containersOf(parts, { metadata: { name, namespace, uid } })).map(containerOf),
    );
  }

  /**
   * Gives the containers back: deletes the claim, and does not wait until they have ended. May be called any number of times,
   * and when the claim has long gone.
   */
  async release({ signal }: CallOptions = {}): Promise<void> {
    const { name, namespace, uid } = this;
    await this.#access.call(signal, (parts) => releaseClaim(parts, { name, namespace, uid }));
  }

  /** `await using claim = …` releases it at the end of the block. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.release();
  }
}
