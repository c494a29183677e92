import type { TemplatedPool } from '../../api/container-pool.js';
import type { Container, PodSpec } from '../../api/kubernetes.js';
import type { LatchMode } from '../../api/latch.js';
import { annotations } from '../../api/names.js';
import { ownVolumes } from '../../api/pod-template.js';
import { parseDuration, second } from '../../support/time.js';
import { mainContainer } from '../main-container.js';
import { latchInstaller, latchScript } from './script.js';

/**
 * The template's spec with a latch before the main container's command. The script and a busybox come by an init
 * container, so that the container's own image needs neither, and no image of ours stands in its way.
 */

/** The latch's folders in the container; the script finds them beside itself. */
export const latchBase = '/.penstock';
/** Where a container may write why it ended, unless its template names another file. */
export const terminationLog = '/dev/termination-log';
const bin = `${latchBase}/bin`;
const installerName = 'penstock-latch';
/** As which the installer runs where the template names nobody: distroless images' `nonroot`. */
const nobody = 65_532;

type Pool = Pick<TemplatedPool, 'spec'>;
type Latching = Exclude<LatchMode, 'None'>;

/** @param name the pod's, where its Secret is to be mounted: the Secret has the same */
export function latchedSpec(spec: PodSpec, { spec: pool }: Pool, mode: Latching, name: string | undefined): PodSpec {
  const main = mainContainer({ metadata: pool.template.metadata, spec });
  if (!main) return spec;
  const files = { name: ownVolumes.files, mountPath: pool.configuration.mountPath };
  const { secretPath } = pool.configuration;
  return {
    ...spec,
    initContainers: [installing(spec, main, pool.latch.image), ...(spec.initContainers ?? [])],
    containers: spec.containers.map((container) =>
      container === main
        ? latched(main, pool, mode)
        : { ...container, volumeMounts: [...(container.volumeMounts ?? []), { ...files, readOnly: true }] },
    ),
    volumes: [
      ...(spec.volumes ?? []),
      { name: ownVolumes.latch, emptyDir: {} },
      { name: ownVolumes.state, emptyDir: {} },
      // in memory: what a claim configures need not touch a disk
      { name: ownVolumes.files, emptyDir: { medium: 'Memory' } },
      {
        name: ownVolumes.configuration,
        downwardAPI: {
          items: [{ path: 'latch', fieldRef: { fieldPath: `metadata.annotations['${annotations.latch}']` } }],
        },
      },
      ...(secretPath !== undefined && name !== undefined
        ? [{ name: ownVolumes.secret, secret: { secretName: name, optional: true } }]
        : []),
    ],
  };
}

function installing(spec: PodSpec, main: Container, image: string): Container {
  const runAs = (field: 'runAsUser' | 'runAsGroup') =>
    main.securityContext?.[field] ?? spec.securityContext?.[field] ?? nobody;
  const runAsUser = runAs('runAsUser');
  return {
    name: installerName,
    image,
    command: ['/bin/busybox', 'sh', '-c', latchInstaller, bin, latchScript].map(literally),
    volumeMounts: [{ name: ownVolumes.latch, mountPath: bin }],
    // what Pod Security's restricted profile asks for
    securityContext: {
      runAsUser,
      runAsGroup: runAs('runAsGroup'),
      runAsNonRoot: runAsUser !== 0,
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
      seccompProfile: { type: 'RuntimeDefault' },
    },
  };
}

/** The kubelet replaces `$(NAME)` in commands, and `$$` by `$`. */
const literally = (text: string): string => text.replaceAll('$', '$$$$');

function latched(container: Container, pool: Pool['spec'], mode: Latching): Container {
  const { mountPath, secretPath } = pool.configuration;
  const call = (...words: readonly string[]) => [`${bin}/busybox`, 'sh', `${bin}/latch`, ...words];
  const command = container.command ?? [];
  const waiting =
    mode === 'Exec'
      ? call('exec', mountPath)
      : call(
          'supervise',
          mountPath,
          seconds(pool.latch.grace),
          seconds(pool.latch.scrubDeadline),
          ...writable(container),
        );
  return {
    ...container,
    command: [...waiting, '--', ...command],
    volumeMounts: [
      ...(container.volumeMounts ?? []),
      { name: ownVolumes.latch, mountPath: bin, readOnly: true },
      { name: ownVolumes.configuration, mountPath: `${latchBase}/delivery`, readOnly: true },
      { name: ownVolumes.state, mountPath: `${latchBase}/state` },
      { name: ownVolumes.files, mountPath },
      ...(secretPath === undefined ? [] : [{ name: ownVolumes.secret, mountPath: secretPath, readOnly: true }]),
    ],
    ...probing(container, call),
  };
}

const seconds = (duration: string): string => String(Math.ceil((parseDuration(duration) ?? 0) / second));

/** Where the program can leave something behind: with a read-only root this is all, but for what the latch knows itself. */
function writable({ volumeMounts = [], terminationMessagePath = terminationLog }: Container): readonly string[] {
  return [
    ...volumeMounts.filter(({ readOnly }) => !readOnly).map(({ mountPath }) => mountPath),
    terminationMessagePath,
  ];
}

type Probe = NonNullable<Container['livenessProbe']>;

/** A program that does not run yet is neither dead nor ready: its probes must not say so before it does. */
function probing(container: Container, call: (...words: readonly string[]) => readonly string[]): Partial<Container> {
  const starting = timeToStart(container);
  const meanwhile = {
    livenessProbe: starting === 0 ? ['PASS'] : ['PASS', String(starting)],
    startupProbe: ['PASS'],
    readinessProbe: ['FAIL'],
  } as const;
  const wrapped: { -readonly [Name in keyof typeof meanwhile]?: Probe } = {};
  for (const name of ['livenessProbe', 'startupProbe', 'readinessProbe'] as const) {
    const probe = container[name];
    const command = probe?.exec?.command;
    if (probe && command)
      wrapped[name] = { ...probe, exec: { command: [...call('probe', ...meanwhile[name], '--'), ...command] } };
  }
  return wrapped;
}

/**
 * How long the kubelet would not ask whether the program lives, in seconds. It counts from the container's start, and asks
 * the start-up probe no more once that has passed in stock: so the latch counts again when it opens.
 */
function timeToStart({ livenessProbe, startupProbe }: Container): number {
  const { initialDelaySeconds = 0, periodSeconds = 10, failureThreshold = 3 } = startupProbe ?? { failureThreshold: 0 };
  return Math.max(initialDelaySeconds + periodSeconds * failureThreshold, livenessProbe?.initialDelaySeconds ?? 0);
}
