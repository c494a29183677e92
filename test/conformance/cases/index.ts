import type { Case } from '../case.js';
import { creation } from './create.js';
import { deletion } from './deletion.js';
import { disruptionBudgets } from './disruption-budgets.js';
import { garbage } from './garbage.js';
import { handOver } from './hand-over.js';
import { jsonPatches } from './json-patch.js';
import { mergePatches } from './merge-patch.js';
import { podFields } from './pod-fields.js';
import { resize } from './resize.js';
import { paging, selection } from './selection.js';
import { subresources } from './subresources.js';
import { updates } from './update.js';
import { watches } from './watch.js';

/** All rules by topic. */
export const topics: Readonly<Record<string, readonly Case[]>> = {
  'hand-over': handOver,
  'pod fields': podFields,
  resize,
  'JSON Patch': jsonPatches,
  'merge patch': mergePatches,
  watch: watches,
  'garbage collection': garbage,
  create: creation,
  update: updates,
  delete: deletion,
  selection,
  paging,
  subresources,
  'disruption budgets': disruptionBudgets,
};
