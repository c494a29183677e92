/** Parameters with which an experiment runs in a second or two: every experiment has some, so that none is left out of the tests of all. */
export const quickParameters: Readonly<Record<string, readonly string[]>> = {
  'host-occupancy': ['--hosts', '20', '--machines', '50'],
  'initial-state': [],
  'node-balance': [],
  preemption: ['--nodes', '20', '--preemptors', '20'],
  cost: ['--tasks', '500'],
  stability: ['--slots', '2000', '--offered-slots', '500', '--offered', '0.7,0.9'],
  packing: ['--nodes', '20'],
  sizing: ['--policies', 'sized,drops', '--arrivals', 'workdays', '--seeds', '1'],
};
