import { request } from "node:http";
import { setImmediate as immediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { writeScript } from "./chaos-script.ts";
import { startChaosProvider } from "./start-chaos-provider.ts";

const everyMs = 5;
const script = {
  label: "r-1",
  promptTokens: 0,
  textFrom: 0,
  outputTokens: 40,
  pieces: 10,
  everyMs,
  end: "finish",
  failingCalls: 0,
} as const;

/** A machine that has no time for this process. */
function standStill(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

test.each([undefined, true] as const)(
  "bills nothing of what is written after its caller has left, however late it comes to know; all where it bills on: %s",
  async (billsOn) => {
    const provider = await startChaosProvider();
    const content = writeScript({ ...script, ...(billsOn && { billsOn }) });
    const asked = request({ port: provider.port, method: "POST", path: "/v1/messages" });
    asked.on("error", () => undefined);
    provider.onStage = (_, stage) => {
      if (stage !== "head sent by the provider") return;
      // Once the pause before its first words has begun, which is over before anybody looks who is there.
      setImmediate(() => {
        asked.destroy();
        standStill(20 * everyMs);
      });
    };
    asked.end(JSON.stringify({ messages: [{ role: "user", content }], stream: true }));
    while (provider.bill.rows.length === 0) await immediate();
    expect(provider.bill.rows).toMatchObject([{ label: "r-1", outputTokens: billsOn ? script.outputTokens : 0 }]);
    await provider.close();
  },
);
