import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { createKeepAlive } from "../serving/keep-alive.ts";
import { PatientHead } from "./patient-head.ts";

test("a client that waits for a whole answer gets its head after four minutes, then spaces, and can read the answer", async () => {
  let now = 0;
  const keepAlive = createKeepAlive({ silenceMs: 20, clock: () => now });
  const answered = Promise.withResolvers<() => void>();
  const server = createServer((_, outgoing) => {
    const head = new PatientHead({
      outgoing,
      clock: () => now,
      writeHead: () => outgoing.writeHead(200, { "content-type": "application/json" }),
    });
    keepAlive.watch(head);
    answered.resolve(() => {
      keepAlive.forget(head);
      outgoing.end('{"type":"message"}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const pending = fetch(`http://127.0.0.1:${port}`);
  const finish = await answered.promise;
  now = 239_000;
  const early = await Promise.race([
    pending.then(() => "head"),
    new Promise((resolve) => setTimeout(resolve, 60, "nothing")),
  ]);
  expect(early).toBe("nothing");
  now = 240_000;
  const answer = await pending;
  expect(answer.status).toBe(200);
  now = 250_000;
  await new Promise((resolve) => setTimeout(resolve, 60));
  finish();
  const text = await answer.text();
  expect(text).toMatch(/^ {2,}\{/);
  expect(JSON.parse(text)).toEqual({ type: "message" });
  keepAlive.close();
  server.close();
});
