import { connect, createServer, type Server, type Socket } from 'node:net';

/** A way to a server of this machine that can be cut, or fall silent with its connections open. */
export class TcpProxy {
  readonly #server: Server;
  readonly #connections = new Map<Socket, Socket>();

  private constructor(target: number) {
    this.#server = createServer((near) => {
      const far = connect(target, '127.0.0.1');
      this.#connections.set(near, far);
      near.pipe(far);
      far.pipe(near);
      const end = () => {
        this.#connections.delete(near);
        near.destroy();
        far.destroy();
      };
      for (const socket of [near, far]) socket.on('error', end).on('close', end);
    });
  }

  static async to(url: string): Promise<TcpProxy> {
    const proxy = new TcpProxy(Number(new URL(url).port));
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get url(): string {
    const address = this.#server.address();
    if (typeof address !== 'object' || !address) throw new Error('the proxy does not listen');
    return `https://127.0.0.1:${address.port}`;
  }

  /** How many connections are open. */
  get connections(): number {
    return this.#connections.size;
  }

  /** Breaks all connections. */
  cut(): void {
    for (const near of this.#connections.keys()) near.resetAndDestroy();
  }

  /** Lets the connections that are open carry nothing any more, for good. New ones work. */
  stall(): void {
    for (const [near, far] of this.#connections) {
      near.unpipe(far);
      far.unpipe(near);
      // read and thrown away: the other side's kernel must not notice anything either
      near.resume();
      far.resume();
    }
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
