import type { Reporter, TestModule, Vitest } from 'vitest/node';
import { controlPlaneWithControllers, whyMissing } from './control-plane/binaries.js';

/** Says at the end of a run what was skipped, and how to run it. */
export default class SkippedReporter implements Reporter {
  #vitest: Vitest | undefined;

  onInit(vitest: Vitest): void {
    this.#vitest = vitest;
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    // then most are skipped, as was asked for
    if (this.#vitest?.config.testNamePattern) return;
    const skipped = modules.flatMap(({ children }) => [...children.allTests('skipped')]).length;
    if (skipped === 0) return;
    const why = whyMissing(controlPlaneWithControllers) ?? 'the lines above that begin with "skipped" say why';
    this.#vitest?.logger.log(`${skipped} tests were skipped: ${why}. CONTRIBUTING.md says how to run them.\n`);
  }
}
