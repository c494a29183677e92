/**
 * Admission as a service mesh has it: containers, init containers and a volume of its own in every pod, at places that
 * chance draws, and a mount of that volume in every container. With `PENSTOCK_TEST_ADMISSION`, a seed, the worlds of the
 * suites on the embedded cluster have it, and everything must come out as without. Only what is to be used again gets nothing
 * that runs beside it: by such company it would not come back (test/lines/foreign.test.ts).
 */
import { type Container, Pod, type PodSpec } from '../src/api/kubernetes.js';
import type { EmbeddedClusterOptions } from '../src/embedded/store/cluster.js';
import { annotations } from '../src/api/names.js';
import { type Random, seededRandom } from '../src/support/random.js';

type Admit = NonNullable<EmbeddedClusterOptions['admit']>;

/** The names of what it adds. */
export const foreign = { proxy: 'mesh-proxy', init: 'mesh-init', agent: 'mesh-agent', volume: 'mesh-token' } as const;

/** How an embedded cluster of a suite is to be made. */
export function admitting(): Pick<EmbeddedClusterOptions, 'admit'> {
  const seed = process.env['PENSTOCK_TEST_ADMISSION'];
  return seed === undefined ? {} : { admit: admission(seededRandom(`${seed}/${worlds++}`), isUsedAgain) };
}

/** Each world of a suite has its own places. */
let worlds = 0;

const isUsedAgain = ({ metadata }: Parameters<Admit>[1]): boolean =>
  metadata.annotations?.[annotations.reuse] !== undefined;

/** @param isAlone which pods get nothing that runs beside their containers */
export function admission(random: Random, isAlone: (pod: Parameters<Admit>[1]) => boolean = () => false): Admit {
  return (kind, object) => {
    if (kind !== Pod || !('spec' in object)) return object;
    return { ...object, spec: { ...meshedSpec(object.spec as PodSpec, random, isAlone(object)) } };
  };
}

/** @param alone nothing is to run beside its containers */
export function meshedSpec(spec: PodSpec, random: Random, alone = false): PodSpec {
  const among = <T>(items: readonly T[], added: T): readonly T[] => {
    const place = random.integer(0, items.length);
    return [...items.slice(0, place), added, ...items.slice(place)];
  };
  const mounting = (container: Container): Container => ({
    ...container,
    volumeMounts: among(container.volumeMounts ?? [], {
      name: foreign.volume,
      mountPath: '/var/run/mesh',
      readOnly: true,
    }),
  });
  const own = (name: string): Container => ({ name, image: 'mesh:1', command: ['/mesh'] });
  const prepared = among(spec.initContainers ?? [], own(foreign.init));
  return {
    ...spec,
    containers: (alone ? spec.containers : among(spec.containers, own(foreign.proxy))).map(mounting),
    initContainers: (alone ? prepared : among(prepared, { ...own(foreign.agent), restartPolicy: 'Always' })).map(
      mounting,
    ),
    volumes: among(spec.volumes ?? [], { name: foreign.volume, emptyDir: {} }),
  };
}
