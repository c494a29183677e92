import { z } from 'zod';
import { defaultLatchImage } from '../../api/latch.js';
import type { Container, Pod } from '../../api/kubernetes.js';
import type { Draft } from '../../api/meta/resource.js';
import { annotations } from '../../api/names.js';
import { ownVolumes } from '../../api/pod-template.js';
import { mainContainer } from '../main-container.js';
import { pass, type Stage } from '../stage.js';
import { stageType } from '../stage-type.js';
import type { ProduceWork } from '../work.js';

const imageName = z.string().min(1).max(1024);
const folder = '/.penstock-prepull';

/**
 * Has images on the container's node before the container is in stock. The kubelet of that node pulls them itself, for
 * init containers which do nothing: so no further pods are made, and an image that cannot be pulled shows where every
 * container that cannot start shows. Images bring no program that is sure to be there: a busybox comes along.
 */
export const prepull = stageType({
  name: 'prepull',
  about:
    "Pulls further images onto the container's node, before the container starts: so that one which claims may ask for later is there. Not for pools of a Deployment, whose containers are as its template says.",
  settings: z.strictObject({
    images: z
      .array(imageName)
      .min(1)
      .max(16)
      .optional()
      .describe("Which. Default: those that claims may ask for, the pool's `images`."),
    busybox: imageName.default(defaultLatchImage).describe('An image with a static busybox as /bin/busybox.'),
  }),
  make: ({ images, busybox }): Stage<ProduceWork> => ({
    name: 'prepull',
    prepare: (pod, { spec }) => withImages(pod, images ?? spec.images ?? [], busybox),
    // a container that is ready has its init containers behind it
    run: async (work) => pass(work),
  }),
});

function withImages(pod: Draft<Pod>, images: readonly string[], busybox: string): Draft<Pod> {
  const { spec, metadata } = pod;
  const main = mainContainer(pod);
  if (!spec || !main || images.length === 0 || metadata.annotations?.[annotations.replicaSet] !== undefined) return pod;
  const pulling = (name: string, image: string, command: string[]): Container => ({
    name: `penstock-prepull-${name}`,
    image,
    command,
    volumeMounts: [{ name: ownVolumes.prepull, mountPath: folder }],
    // the same size keeps the pod's quality of service, and reserves nothing more: they run before it
    ...(main.resources && { resources: main.resources }),
    ...(main.securityContext && { securityContext: main.securityContext }),
  });
  return {
    ...pod,
    spec: {
      ...spec,
      initContainers: [
        ...(spec.initContainers ?? []),
        pulling('busybox', busybox, ['/bin/busybox', 'cp', '/bin/busybox', `${folder}/busybox`]),
        ...images.map((image, index) => pulling(String(index), image, [`${folder}/busybox`, 'true'])),
      ],
      volumes: [...(spec.volumes ?? []), { name: ownVolumes.prepull, emptyDir: {} }],
    },
  };
}
