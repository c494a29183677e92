/** What others have put into a pod beside what its pool declares, where the container is to be used again. Pure. */
import type { TemplatedPool } from '../api/container-pool.js';
import type { Container, Pod } from '../api/kubernetes.js';
import { mainContainer } from './main-container.js';
import { configurableSpec } from './pod-template.js';

/**
 * Why the container cannot serve again, in a sentence; `undefined`: nothing of others is in the way. The latch cleans what the
 * template declares: a proxy of a mesh has seen the claim's traffic, `kubectl debug` its files.
 */
export function foreignObjection(pod: Pod, pool: TemplatedPool): string | undefined {
  const { spec } = pod;
  const own = configurableSpec(pool, pod.metadata.name);
  const isOwn = ({ name }: Pick<Container, 'name'>) =>
    [...(own?.containers ?? []), ...(own?.initContainers ?? [])].some((one) => one.name === name);
  const strangers = (spec?.initContainers ?? []).filter((one) => !isOwn(one));
  const beside =
    spec?.containers.find((one) => !isOwn(one)) ??
    strangers.find(({ restartPolicy }) => restartPolicy === 'Always') ??
    spec?.ephemeralContainers?.[0];
  if (beside)
    return `container ${beside.name} runs beside it, which is not in the template: nothing cleans what that has seen of a claim`;
  const writable = (container: Container | undefined) =>
    (container?.volumeMounts ?? []).filter(({ readOnly }) => readOnly !== true);
  const cleaned = writable(own && mainContainer({ metadata: pod.metadata, spec: own }));
  const kept = writable(mainContainer(pod)).find(
    ({ mountPath }) => !cleaned.some((one) => one.mountPath === mountPath),
  );
  if (kept)
    return `volume ${kept.name} is mounted in it at ${kept.mountPath}, which is not in the template: its latch does not empty that`;
  const filled = strangers.flatMap(writable).find(({ name }) => cleaned.some((one) => one.name === name));
  return (
    filled &&
    `an init container that is not in the template may have filled volume ${filled.name}, which its latch empties`
  );
}
