import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A TCP proxy before a server, for what networks do: cut connections, or keep them and let nothing through. */
export class Proxy {
  readonly #sockets = new Set<Socket>();
  readonly #server = createServer((client) => this.#join(client));
  #stalled = false;
  /** Connections so far. */
  connections = 0;

  private constructor(private readonly target: number) {}

  static async before(url: string): Promise<Proxy> {
    const proxy = new Proxy(Number(new URL(url).port));
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Lets nothing through any more on the connections that there are, without closing them; new ones work. */
  stall(): void {
    this.#stalled = true;
    for (const socket of this.#sockets) socket.pause();
  }

  /** Closes all connections without a goodbye. */
  cut(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
    this.#stalled = false;
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #join(client: Socket): void {
    this.connections++;
    const server = connect(this.target, '127.0.0.1');
    const stalledBefore = this.#stalled;
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#sockets.add(from);
      from.on('data', (chunk) => {
        // those that were there when it stalled pass nothing on
        if (!this.#stalled || stalledBefore) to.write(chunk);
      });
      from.on('end', () => to.end());
      from.on('error', () => to.destroy());
      from.on('close', () => {
        this.#sockets.delete(from);
        to.destroy();
      });
    }
  }
}
