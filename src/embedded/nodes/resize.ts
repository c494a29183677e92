import type { Container, Pod } from '../../api/kubernetes.js';
import { sameQuantity } from '../../support/quantity.js';
import { type Amounts, lacking } from '../../scheduling/resources/amounts.js';
import { podRequests, type Resources } from '../../scheduling/resources/pod-requests.js';
import type { Machine } from './machine.js';
import type { ContainerRun, PodRun } from './run.js';

const names = (a: object | undefined, b: object | undefined) => Object.keys({ ...a, ...b });

function changed(a: Resources | undefined, b: Resources | undefined): readonly string[] {
  return (['requests', 'limits'] as const).flatMap((side) =>
    names(a?.[side], b?.[side]).filter((name) => !sameQuantity(a?.[side]?.[name], b?.[side]?.[name])),
  );
}

const unsized = (run: ContainerRun, container: Container | undefined): boolean =>
  run.phase.is === 'running' && container !== undefined && changed(run.resources, container.resources).length > 0;

const specOf = (pod: Pod, run: ContainerRun) => pod.spec?.containers.find(({ name }) => name === run.name);

function sentence(short: readonly string[], asked: Amounts, have: Amounts, what: string): string {
  const parts = short.map((name) => `${name}, requested: ${asked[name] ?? 0}, ${what}: ${have[name] ?? 0}`);
  return parts.join('; ');
}

/** Brings what the containers have closer to what their spec now says. */
export function advanceResize(run: PodRun, pod: Pod, machine: Machine): PodRun {
  const { resize, ...without } = run;
  if (!run.mains.some((main) => unsized(main, specOf(pod, main)))) return resize ? without : run;

  const asked = podRequests(pod.spec ?? { containers: [] });
  const never = lacking(asked, {}, machine.allocatable);
  if (never.length > 0)
    return refused(
      run,
      'infeasible',
      `Node didn't have enough capacity: ${sentence(never, asked, machine.allocatable, 'capacity')}`,
    );
  const free = machine.free();
  const short = lacking(asked, {}, free);
  if (short.length > 0)
    return refused(run, 'deferred', `Node didn't have enough resource: ${sentence(short, asked, free, 'free')}`);

  if (resize?.is !== 'under-way')
    return enactIfDue(
      {
        ...run,
        resize: { is: 'under-way', until: machine.now + machine.draw('resize', `${pod.metadata.generation}`) },
      },
      pod,
      machine,
    );
  return enactIfDue(run, pod, machine);
}

function refused(run: PodRun, is: 'deferred' | 'infeasible', message: string): PodRun {
  const { resize } = run;
  return resize?.is === is && resize.message === message ? run : { ...run, resize: { is, message } };
}

function enactIfDue(run: PodRun, pod: Pod, machine: Machine): PodRun {
  const { resize, ...without } = run;
  if (resize?.is !== 'under-way' || resize.until > machine.now) return run;
  return { ...without, mains: run.mains.map((main) => enact(main, specOf(pod, main), machine)) };
}

function enact(run: ContainerRun, container: Container | undefined, machine: Machine): ContainerRun {
  if (!container || !unsized(run, container) || run.phase.is !== 'running') return run;
  const names = changed(run.resources, container.resources);
  const restart = container.resizePolicy?.some(
    ({ resourceName, restartPolicy }) => restartPolicy === 'RestartContainer' && names.includes(resourceName),
  );
  const resources = container.resources ?? {};
  if (!restart) return { ...run, resources };
  const exit = { exitCode: 137, reason: 'Error', startedAt: run.phase.startedAt, finishedAt: machine.now, id: run.id };
  return { ...run, resources, exit, phase: { is: 'waiting' } };
}
