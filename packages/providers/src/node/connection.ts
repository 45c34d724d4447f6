import { Client, type Dispatcher } from "undici";
import { Exchange } from "./exchange.ts";

/** One pooled connection that tells each exchange which connection it travels on. */
export class Connection extends Client {
  /** True when the open socket has already carried an answer, so that the server may have closed it meanwhile. */
  reused = false;

  constructor(origin: URL | string, options: Client.Options) {
    super(origin, options);
    this.on("disconnect", () => {
      this.reused = false;
    });
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
