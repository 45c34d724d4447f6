import type { Reply, ReplyBody } from "../transport.ts";

/** What can say how far a request has come. */
interface Written {
  readonly requestWritten: boolean;
}

/** The head of an answer. A class and no object with a getter: one is made for each request. */
export class UndiciReply implements Reply {
  readonly status: number;
  readonly headers: Reply["headers"];
  readonly body: ReplyBody;
  readonly #exchange: Written;

  constructor({ status, headers, body }: Omit<Reply, "requestWritten">, exchange: Written) {
    this.status = status;
    this.headers = headers;
    this.body = body;
    this.#exchange = exchange;
  }

  get requestWritten(): boolean {
    return this.#exchange.requestWritten;
  }
}
