import type { TemplatedPool } from '../../api/container-pool.js';
import type { Container, PodSpec } from '../../api/kubernetes.js';
import { mainContainer } from '../main-container.js';
import { latchBase, terminationLog } from './pod-spec.js';

type Configuration = TemplatedPool['spec']['configuration'];

/**
 * Why a pool's containers cannot have the latch that it asks for, with what to do; `undefined` when they can. These are
 * the things that the kind's own schema cannot tell.
 */
export function latchObjection({ spec }: Pick<TemplatedPool, 'spec'>): string | undefined {
  const { latch, template, configuration } = spec;
  const main = mainContainer(template);
  if (latch.mode === 'None' || !template.spec || !main) return undefined;
  return (
    probeObjection(main) ??
    hookObjection(main) ??
    mountObjection(main, configuration) ??
    (latch.mode === 'Supervise' ? processObjection(template.spec) : undefined) ??
    (latch.reuse === 'SameTenant' ? reuseObjection(template.spec, main, configuration) : undefined)
  );
}

/** A latched program does not listen yet: a probe from outside would have the kubelet kill it in stock. */
function probeObjection({ name, livenessProbe, startupProbe }: Container): string | undefined {
  for (const [probe, word] of [
    [livenessProbe, 'livenessProbe'],
    [startupProbe, 'startupProbe'],
  ] as const) {
    if (probe && !probe.exec) {
      return `container ${name} has a ${word} that asks over the network, which would end it while its latch waits: use one with exec, which the latch answers meanwhile, or none`;
    }
  }
  return undefined;
}

/** The kubelet runs it once, when the container starts in stock: before there is a program, or anything delivered. */
function hookObjection({ name, lifecycle }: Container): string | undefined {
  if (!lifecycle?.postStart) return undefined;
  return `container ${name} has a lifecycle.postStart, which would run in stock, before its program is started: let the command do it`;
}

function mountObjection(
  { name, volumeMounts = [] }: Container,
  { mountPath, secretPath }: Configuration,
): string | undefined {
  if (secretPath !== undefined && (isWithin(secretPath, mountPath) || isWithin(mountPath, secretPath)))
    return 'configuration.secretPath and mountPath must be two folders, neither within the other';
  const taken = volumeMounts.find(
    (mount) =>
      mount.mountPath === secretPath || mount.mountPath === latchBase || mount.mountPath.startsWith(`${latchBase}/`),
  );
  return taken && `container ${name} mounts ${taken.mountPath}, where the latch has its own: mount it elsewhere`;
}

/** The latch ends all that a claim has started, and must not find others' processes among them. */
function processObjection({ shareProcessNamespace, hostPID }: PodSpec): string | undefined {
  const field = shareProcessNamespace ? 'shareProcessNamespace' : hostPID ? 'hostPID' : undefined;
  return (
    field && `latch mode Supervise ends every process that it sees, and ${field} shows it those of others: do without`
  );
}

/** Only what the latch can empty may be written: then nothing of one claim is there for the next. */
function reuseObjection(spec: PodSpec, main: Container, configuration: Configuration): string | undefined {
  const sidecar =
    spec.containers.find(({ name }) => name !== main.name)?.name ??
    spec.initContainers?.find(({ restartPolicy }) => restartPolicy === 'Always')?.name;
  if (sidecar !== undefined) {
    return `latch.reuse needs pods with one container: nothing cleans what ${sidecar} has seen of a claim`;
  }
  if (main.securityContext?.readOnlyRootFilesystem !== true) {
    return `latch.reuse needs securityContext.readOnlyRootFilesystem: true in container ${main.name}: what is written to the image's own folders could not be found again; mount emptyDir volumes where it writes`;
  }
  const volumes = new Map((spec.volumes ?? []).map((volume) => [volume.name, volume]));
  const lasting = main.volumeMounts?.find(({ name, readOnly }) => !readOnly && !volumes.get(name)?.emptyDir);
  if (lasting) {
    return `latch.reuse empties what the container can write, and volume ${lasting.name} is not an emptyDir: mount it readOnly, or use no reuse`;
  }
  const filled = fillingObjection(spec, main);
  if (filled !== undefined) return filled;
  const device = main.volumeDevices?.[0];
  if (device) return `latch.reuse cannot clean block device ${device.name}: use no reuse`;
  return nestingObjection(main, configuration);
}

/** Init containers run once in a pod's life: what they have put into a folder, only the first claim would find there. */
function fillingObjection({ initContainers = [] }: PodSpec, { volumeMounts = [] }: Container): string | undefined {
  const emptied = new Set(volumeMounts.filter(({ readOnly }) => !readOnly).map(({ name }) => name));
  for (const { name, volumeMounts: mounts = [] } of initContainers) {
    const filled = mounts.find((mount) => !mount.readOnly && emptied.has(mount.name));
    if (filled)
      return `init container ${name} can fill volume ${filled.name}, and latch.reuse empties it after each claim: mount it readOnly in the one or the other, or use no reuse`;
  }
  return undefined;
}

/** A folder in which another volume is mounted cannot be emptied. */
function nestingObjection(
  { volumeMounts = [], terminationMessagePath = terminationLog }: Container,
  { mountPath, secretPath }: Configuration,
): string | undefined {
  const emptied = [...volumeMounts.filter(({ readOnly }) => !readOnly).map((mount) => mount.mountPath), mountPath];
  const mounted = [
    ...volumeMounts.map((mount) => mount.mountPath),
    mountPath,
    terminationMessagePath,
    ...(secretPath ? [secretPath] : []),
  ];
  for (const inner of mounted) {
    const outer = emptied.find((path) => path !== inner && isWithin(inner, path));
    if (outer !== undefined)
      return `latch.reuse empties ${outer}, which it cannot while ${inner} is mounted in it: mount the two side by side`;
  }
  return undefined;
}

/** Whether a folder is another, or below it. */
const isWithin = (path: string, folder: string): boolean =>
  `${path}/`.startsWith(`${folder.replace(/(?<!\/)\/+$/, '')}/`);
