/** The containers whose size is nearest to what the items ask for: the least that has to be resized. Pure. */
import type { Container, Pod } from '../../../api/kubernetes.js';
import { milliValue } from '../../../support/quantity.js';
import { mainContainer } from '../../main-container.js';
import type { Choice } from '../../stage.js';
import type { Slot } from '../../work.js';
import { type Resources, wantedResources } from '../resize/resources.js';

/**
 * Slot by slot; containers of one size are taken in the order of the stock. There are few sizes in one stock (of its
 * template, and of those before), so it is these that are compared, not the containers.
 */
export function bestFit(slots: readonly Slot[], candidates: Iterable<Pod>): readonly Choice<Slot, Pod>[] {
  const sizes = new Map<string, { readonly main: Container; readonly pods: Pod[] }>();
  for (const pod of candidates) {
    const main = mainContainer(pod);
    if (!main) continue;
    const key = JSON.stringify(main.resources ?? {});
    const size = sizes.get(key) ?? { main, pods: [] };
    size.pods.push(pod);
    sizes.set(key, size);
  }
  const taken = new Map<Pod[], number>();
  const choices: Choice<Slot, Pod>[] = [];
  for (const need of slots) {
    let best: { readonly pods: Pod[]; readonly distance: number } | undefined;
    for (const { main, pods } of sizes.values()) {
      if ((taken.get(pods) ?? 0) >= pods.length) continue;
      const distance = distanceOf(main, wantedResources(need.item, main));
      if (!best || distance < best.distance) best = { pods, distance };
    }
    const place = best ? (taken.get(best.pods) ?? 0) : 0;
    const candidate = best?.pods[place];
    if (!best || !candidate) break;
    taken.set(best.pods, place + 1);
    choices.push({ need, candidate });
  }
  return choices;
}

/** How far a container's size is from what is wanted: the sum of the relative changes of its requests and limits. */
function distanceOf({ resources }: Container, wanted: Resources): number {
  let distance = 0;
  for (const bound of ['requests', 'limits'] as const) {
    for (const resource of ['cpu', 'memory']) {
      const [has, wants] = [milliValue(resources?.[bound]?.[resource]), milliValue(wanted[bound][resource])];
      if (has !== wants) distance += Math.abs(has - wants) / Math.max(has, wants);
    }
  }
  return distance;
}
