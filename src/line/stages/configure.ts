import { z } from 'zod';
import { stageType } from '../stage-type.js';
import { remind } from './remind.js';

/**
 * A container's configuration travels with its hand-over, its Secret before that. What is left is that it shows: a kubelet
 * that may have overlooked the hand-over is reminded.
 */
export const configure = stageType({
  name: 'configure',
  about:
    'Sees to it that the configuration, which came with the hand-over, shows in the container: a kubelet that may have overlooked it is reminded. Without this stage it can take two minutes.',
  settings: z.strictObject({}),
  make: () => remind,
});
