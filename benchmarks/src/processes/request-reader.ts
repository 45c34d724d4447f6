const headEnd = "\r\n\r\n";

/**
 * Finds the ends of the HTTP/1.1 requests that come over one connection, each of which tells the length of its body and
 * waits for its answer before the next one. Looks at nothing else, so that it costs next to nothing.
 */
export class RequestReader {
  /** The beginning of a head that has not come whole. */
  #head: Buffer | undefined;
  #target = "";
  #bytesLeft = 0;

  /** Takes what has come; gives the target of the request that ends with it. Throws at what it cannot tell the end of. */
  take(chunk: Buffer): string | undefined {
    const body = this.#bytesLeft > 0 ? chunk : this.#bodyBehindHead(chunk);
    if (body === undefined) return undefined;
    this.#bytesLeft -= body.length;
    if (this.#bytesLeft < 0) throw new Error("a request goes on behind its length");
    return this.#bytesLeft === 0 ? this.#target : undefined;
  }

  #bodyBehindHead(chunk: Buffer): Buffer | undefined {
    const bytes = this.#head === undefined ? chunk : Buffer.concat([this.#head, chunk]);
    const end = bytes.indexOf(headEnd);
    this.#head = end === -1 ? bytes : undefined;
    if (end === -1) return undefined;
    const head = bytes.toString("latin1", 0, end);
    if (/^transfer-encoding:/imu.test(head)) throw new Error("a request does not tell its length");
    this.#target = head.split(" ", 2)[1] ?? "";
    this.#bytesLeft = Number(/^content-length: *(\d+)/imu.exec(head)?.[1] ?? 0);
    return bytes.subarray(end + headEnd.length);
  }
}
