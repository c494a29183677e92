/** The exit codes of the command line, documented in docs/reference/exit-codes.md. */
export const exitCodes = {
  ok: 0,
  failed: 1,
  usage: 2,
  invalid: 3,
  notFound: 4,
  forbidden: 5,
  unreachable: 6,
  conflict: 7,
  timedOut: 8,
  notInstalled: 9,
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** An error for the person who meets it: what is wrong and where (`message`), what to do (`hint`). */
export class CodedError extends Error {
  constructor(
    /** A stable name for programs, such as `POOL_NOT_FOUND`. */
    readonly code: string,
    message: string,
    readonly hint?: string,
    /** One of `exitCodes`, or that of the work that failed. */
    readonly exitCode: number = exitCodes.failed,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'CodedError';
  }
}

/** The message of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
