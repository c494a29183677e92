import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConfigMap } from '../../api/kubernetes.js';
import type { Cluster, WatchEvent } from '../../cluster/cluster.js';
import { ApiError, Expired } from '../../cluster/errors.js';
import { mergePatch } from '../../cluster/patch.js';
import { seededRandom } from '../../support/random.js';
import { VirtualClock } from '../../support/virtual-clock.js';
import { EmbeddedCluster } from './cluster.js';

/** What several clients do, one after the other; a refused write is part of it. */
const name = fc.constantFrom('a', 'b', 'c');
const namespace = fc.constantFrom('default', 'kube-system');
const label = fc.constantFrom('on', 'off');
const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ act: fc.constant('create'), namespace, name, label }) },
  { weight: 5, arbitrary: fc.record({ act: fc.constant('patch'), namespace, name, label, value: fc.nat(3) }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('hold'), namespace, name }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('letGo'), namespace, name }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('remove'), namespace, name }) },
  fc.record({ act: fc.constant('cut') }),
  fc.record({ act: fc.constant('forget') }),
  fc.record({ act: fc.constant('pause') }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

async function take(cluster: EmbeddedCluster, clock: VirtualClock, one: Step): Promise<unknown> {
  if (!('name' in one)) {
    if (one.act === 'cut') return cluster.cutWatches();
    return one.act === 'forget' ? cluster.forgetHistory() : clock.advance(1000);
  }
  const ref = { name: one.name, namespace: one.namespace };
  const patch = (body: object) => cluster.patch(ConfigMap, ref, mergePatch(body));
  switch (one.act) {
    case 'create':
      return cluster.create(ConfigMap, { metadata: { ...ref, labels: { state: one.label } } });
    case 'patch':
      return patch({ metadata: { labels: { state: one.label } }, data: { value: String(one.value) } });
    case 'hold':
      return patch({ metadata: { finalizers: ['example.com/hold'] } });
    case 'letGo':
      return patch({ metadata: { finalizers: null } });
    case 'remove':
      return cluster.remove(ConfigMap, ref);
  }
}

/** Keeps a copy of what matches, as an informer does: lists, watches, resumes, lists again when its mark is too old. */
class Follower {
  readonly objects = new Map<string, ConfigMap>();
  readonly seen: number[] = [];
  #mark = '';
  lists = 0;
  readonly wrong: string[] = [];

  constructor(
    private readonly cluster: Cluster,
    private readonly clock: VirtualClock,
    private readonly labels: string | undefined,
    private readonly signal: AbortSignal,
  ) {}

  async run(): Promise<void> {
    while (!this.signal.aborted) {
      if (this.#mark === '') await this.#list();
      try {
        const query = this.labels === undefined ? {} : { labels: this.labels };
        const watch = this.cluster.watch(ConfigMap, { ...query, since: this.#mark }, { signal: this.signal });
        for await (const event of watch) this.#see(event);
      } catch (error) {
        if (!(error instanceof Expired)) throw error;
        this.#mark = '';
      }
      // meanwhile the world goes on, perhaps further than the history reaches
      await this.clock.sleep(500);
    }
  }

  async #list(): Promise<void> {
    this.lists++;
    const query = this.labels === undefined ? {} : { labels: this.labels };
    const page = await this.cluster.list(ConfigMap, query);
    this.objects.clear();
    for (const object of page.items) this.objects.set(keyOf(object), object);
    this.#mark = page.resourceVersion;
  }

  #see(event: WatchEvent<ConfigMap>): void {
    if (event.type === 'BOOKMARK') {
      if (Number(event.resourceVersion) < Number(this.#mark)) this.wrong.push('a bookmark goes back');
      this.#mark = event.resourceVersion;
      return;
    }
    const { object, type } = event;
    const version = object.metadata.resourceVersion;
    if (Number(version) <= Number(this.#mark)) this.wrong.push(`${version} after ${this.#mark}`);
    const present = this.objects.has(keyOf(object));
    if (present !== (type !== 'ADDED')) this.wrong.push(`${type} of ${keyOf(object)}, present: ${present}`);
    if (type === 'DELETED') this.objects.delete(keyOf(object));
    else this.objects.set(keyOf(object), object);
    this.#mark = version;
    this.seen.push(Number(version));
  }
}

const keyOf = ({ metadata }: ConfigMap) => `${metadata.namespace}/${metadata.name}`;

async function play(steps: readonly Step[], historyLimit: number) {
  const clock = new VirtualClock();
  const cluster = new EmbeddedCluster({
    clock,
    random: seededRandom(1),
    historyLimit,
    watchLimit: 5,
    bookmarkEvery: 700,
  });
  const stop = new AbortController();
  const followers = [undefined, 'state=on', 'state=off'].map(
    (labels) => new Follower(cluster, clock, labels, stop.signal),
  );
  const running = followers.map((follower) => follower.run());
  await clock.advance(1);
  for (const one of steps)
    await take(cluster, clock, one).catch((error: unknown) => {
      if (!(error instanceof ApiError)) throw error;
    });
  await clock.advance(2000);
  const states = await Promise.all(
    [undefined, 'state=on', 'state=off'].map(async (labels) => {
      const { items } = await cluster.list(ConfigMap, labels === undefined ? {} : { labels });
      return items;
    }),
  );
  stop.abort();
  await clock.advance(1000);
  await Promise.all(running);
  return { followers, states };
}

describe('watches of a random history', () => {
  it('show every change once and in order, and end where a list ends', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), fc.constantFrom(3, 1000), async (steps, historyLimit) => {
        const { followers, states } = await play(steps, historyLimit);
        for (const [index, follower] of followers.entries()) {
          expect(follower.wrong).toEqual([]);
          expect([...follower.objects.values()].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))).toEqual(states[index]);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('lose nothing when they are cut, as long as the history reaches back', async () => {
    const calm = step.filter(({ act }) => act !== 'forget');
    await fc.assert(
      fc.asyncProperty(fc.array(calm, { maxLength: 40 }), async (steps) => {
        const { followers } = await play(steps, 1000);
        expect(followers.map((follower) => follower.lists)).toEqual([1, 1, 1]);
        // the one without a selector sees each version from the first to the last
        const [first = 0] = followers[0]!.seen;
        expect(followers[0]!.seen).toEqual(followers[0]!.seen.map((_, index) => first + index));
      }),
      { numRuns: 200 },
    );
  });
});
