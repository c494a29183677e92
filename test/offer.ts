import { createServer } from 'node:http';

/** Something costly that test files share: made when the first of them asks for it, over HTTP since each is a process. */
export interface Offer {
  readonly url: string;
  readonly close: () => void;
}

/** Answers every request with what `make` resolves to, or with 500 and the message of its failure. */
export async function offer(make: () => Promise<string>): Promise<Offer> {
  let made: Promise<string> | undefined;
  const server = createServer((_, response) => {
    made ??= make();
    made.then(
      (answer) => response.end(answer),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('the server has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
