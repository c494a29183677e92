import { CustomResourceDefinition } from '../../../api/kubernetes.js';
import { podRules } from '../pods/rules.js';
import { appsRules } from './apps.js';
import { coreRules, plain } from './core.js';
import { definitionRules } from './custom.js';
import { budgetRules } from './policy.js';
import type { KindRules } from './rules.js';

/** The kinds of Kubernetes itself that the embedded cluster serves. */
export const builtInKinds: readonly KindRules[] = [
  ...coreRules,
  podRules,
  ...appsRules,
  budgetRules,
  definitionRules({ ...plain(CustomResourceDefinition), hasStatus: true }),
];
