import type { Socket } from "node:net";
import { type buildConnector, Client, type Dispatcher } from "undici";
import { Exchange } from "./exchange.ts";
import { joinWrites } from "./join-writes.ts";

/** One pooled connection that tells each exchange which connection it travels on. */
export class Connection extends Client {
  /** True when the open socket has already carried an answer, so that the server may have closed it meanwhile. */
  reused = false;
  readonly #wire: Wire;

  constructor(origin: URL | string, options: Client.Options) {
    const wire: Wire = { socket: undefined };
    super(origin, noting(wire, options));
    this.#wire = wire;
    this.on("disconnect", () => {
      this.reused = false;
    });
  }

  /** True when the system has taken all that was written to the open socket. */
  get drained(): boolean {
    const { socket } = this.#wire;
    return socket !== undefined && !socket.destroyed && socket.writableLength === 0;
  }

  /** Calls `act` once the system has taken what was written to the open socket so far, at once if it has; never if it does not. */
  whenTaken(act: () => void): void {
    const { socket } = this.#wire;
    // One that is not full does not tell.
    if (socket?.writableNeedDrain === true && !this.drained) socket.once("drain", act);
    else act();
  }

  /** Notes that an answer has come over the open socket. */
  markUsed(): void {
    this.reused = true;
  }

  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    if (handler instanceof Exchange) handler.connection = this;
    return super.dispatch(options, handler);
  }
}

interface Wire {
  socket: Socket | undefined;
}

/** Options with a pool's way to connect, which also notes the socket and joins its writes. Where there is none, no socket is known. */
function noting(wire: Wire, options: Client.Options): Client.Options {
  const { connect } = options;
  if (typeof connect !== "function") return options;
  const noted: buildConnector.connector = (target, callback) =>
    connect(target, (...result) => {
      wire.socket = result[1] ?? undefined;
      if (wire.socket !== undefined) joinWrites(wire.socket);
      callback(...result);
    });
  return { ...options, connect: noted };
}
