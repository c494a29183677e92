/** The built command line, for tests that run it as a process of its own. */
import { inject } from 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    programBroker: string;
  }
}

/** The path of dist/cli/main.js, built from the sources as they are: by the first who asks, once for a run of the tests. */
export async function builtProgram(): Promise<string> {
  const response = await fetch(inject('programBroker'));
  if (!response.ok) throw new Error(await response.text());
  return response.text();
}
