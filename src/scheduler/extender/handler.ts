import { messageOf } from '../../support/errors.js';
import { fieldOf } from '../../api/validation.js';
import type { Extender } from './extender.js';
import { type ExtenderArgs, extenderArgs } from './wire.js';

/** What is answered to a call: a status of HTTP, and what is sent as JSON. */
export interface ExtenderAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** The verbs, as paths; by the parsed body. `ready`: says why nothing can be answered yet. */
export function extenderRoutes(
  extender: Extender,
  ready: () => string | undefined,
): Readonly<Record<string, (body: unknown) => ExtenderAnswer>> {
  const route = (answer: (args: ExtenderArgs) => unknown) => (body: unknown) => {
    const problem = ready();
    if (problem !== undefined) return { status: 503, body: { Error: problem } };
    const { data, error } = extenderArgs.safeParse(body);
    if (error) return { status: 400, body: { Error: wrong(error.issues) } };
    try {
      return { status: 200, body: answer(data) };
    } catch (thrown) {
      return { status: 500, body: { Error: messageOf(thrown) } };
    }
  };
  return {
    '/filter': route((args) => extender.filter(args)),
    '/prioritize': route((args) => extender.prioritize(args)),
  };
}

const wrong = (issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[]): string =>
  issues.map(({ path, message }) => `${fieldOf(path)}: ${message}`).join('; ');
