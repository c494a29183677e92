import type { Json } from './objects.js';

type Path = readonly (string | number)[];

const wrong: Readonly<Record<string, Json>> = {
  'a quantity in words': '1 core',
  'a quantity of endless digits': '1'.repeat(60_000),
  'a quantity with an exponent of three digits': '1e100',
  'a negative quantity': '-1',
  'a negative number as quantity': -0.5,
  'a quantity that is a flag': true,
  'a quantity that is a list': [],
  'a quantity that is a list of quantities': ['1'],
  'a quantity that is an object': {},
  'a quantity that is an object with fields': { cores: 1 },
};

const words = { resources: { requests: { 'example.com/gpu': 'two' } } };

/** What cannot be an amount, in each place of a pod's spec that has resources. */
export const wrongQuantities = (podSpec: Path): Readonly<Record<string, readonly [path: Path, value: Json]>> => ({
  ...Object.fromEntries(
    Object.entries(wrong).map(
      ([name, amount]) => [name, [[...podSpec, 'containers', 0, 'resources', 'limits', 'cpu'], amount]] as const,
    ),
  ),
  'a quantity in words, of an init container': [[...podSpec, 'initContainers'], [{ name: 'a', image: 'b', ...words }]],
  'a quantity in words, of the pod': [[...podSpec, 'resources'], words.resources],
});
