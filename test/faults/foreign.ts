/** Whose containers are whose in a run: those of the templates are all called `main`, the others are admission's. */
import type { Container, ContainerStatus, Pod } from '../../src/api/kubernetes.js';
import { foreign } from '../admission.js';

const main = 'main';

export const mainOf = ({ spec }: Pod): Container | undefined => spec?.containers.find(({ name }) => name === main);

export const statusOf = ({ status }: Pod): ContainerStatus | undefined =>
  status?.containerStatuses?.find(({ name }) => name === main);

export const foreignOf = ({ spec }: Pod): readonly Container[] =>
  [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])].filter(({ name }) =>
    Object.values<string>(foreign).includes(name),
  );
