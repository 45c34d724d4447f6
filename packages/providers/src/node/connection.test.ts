import { buildConnector, type Dispatcher } from "undici";
import { afterEach, expect, test } from "vitest";
import { Loopback } from "../test/loopback.ts";
import { Connection } from "./connection.ts";

const loopback = new Loopback();
afterEach(() => loopback.close());

/** Sends so many bytes in one array to a server that reads them when it is told to; gives what happened, in order. */
async function sent(
  bytes: number,
): Promise<{ readonly order: string[]; readonly read: () => void; readonly answered: Promise<void> }> {
  const order: string[] = [];
  const reads = Promise.withResolvers<void>();
  const answered = Promise.withResolvers<void>();
  const handedOver = Promise.withResolvers<void>();
  const origin = await loopback.http((request, response) => {
    request.pause();
    void reads.promise.then(() => request.resume());
    request.on("end", () => response.end());
  });
  const connection = new Connection(origin, { connect: buildConnector({}) });
  loopback.onClose(() => connection.close());
  const handler: Dispatcher.DispatchHandler = {
    onRequestStart: () => {},
    onRequestSent: () => {
      connection.whenTaken(() => order.push("taken"));
      order.push("handed over");
      handedOver.resolve();
    },
    onResponseStart: () => {},
    onResponseData: () => {},
    onResponseEnd: () => answered.resolve(),
    onResponseError: (_, error) => answered.reject(error),
  };
  connection.dispatch({ method: "POST", path: "/", body: new Uint8Array(bytes) }, handler);
  await handedOver.promise;
  return { order, read: reads.resolve, answered: answered.promise };
}

test("what the system takes at once is taken when it has been handed over", async () => {
  for (const bytes of [1, 20_000]) {
    const { order, read, answered } = await sent(bytes);
    expect(order).toEqual(["taken", "handed over"]);
    read();
    await answered;
  }
});

test("what the system cannot take is not taken before the server reads", async () => {
  const { order, read, answered } = await sent(64 * 1024 * 1024);
  expect(order).toEqual(["handed over"]);
  read();
  await answered;
  expect(order).toEqual(["handed over", "taken"]);
});
