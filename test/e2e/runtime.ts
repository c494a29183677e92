/** Looks at containers past the API: what the node's containerd itself holds. Needs the environment's `runtime`. */
import { namespacePrefix, supplied } from './environment.js';

/** The containers in the runtime, sandboxes among them, of all namespaces that the suites have made. */
export async function containersOfSuites(): Promise<readonly string[]> {
  return words(
    await supplied('runtime', ['containers', 'ls', '-q', `labels."io.kubernetes.pod.namespace"~=^${namespacePrefix}`]),
  );
}

/** The process id of each container that runs, by the container's id. */
export async function processes(): Promise<ReadonlyMap<string, number>> {
  const lines = (await supplied('runtime', ['tasks', 'ls'])).split('\n').slice(1);
  return new Map(
    lines
      .map((line) => words(line))
      .filter(([, , status]) => status === 'RUNNING')
      .map(([id = '', pid]) => [id, Number(pid)]),
  );
}

const words = (text: string) => text.split(/\s+/).filter((word) => word !== '');
