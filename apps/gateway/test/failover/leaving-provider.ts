// A provider in a process of its own, so that what a client's leaving takes is the gateway's time and nobody else's.
import { type Answer, startFakeProvider } from "@drawbridge/providers/testing";
import type { LeavingReport } from "./leaving.ts";

/** What the provider is doing when the client leaves, by the first word of the model's name. */
const stages: Readonly<Record<string, Answer>> = {
  head: { fault: { kind: "silence-before-head" } },
  content: { text: "word", fault: { kind: "silence-mid-stream", afterEvents: 1 } },
  streaming: { text: "word ".repeat(200), deltaChars: 5, gapMs: 4 },
  flooding: { text: "word ".repeat(300_000), deltaChars: 16_000 },
  whole: { text: "word", delayMs: 5_000 },
  backoff: { fault: { kind: "http-error", status: 500 } },
};

const fake = await startFakeProvider({
  script: ({ model }) => stages[model.split("-")[0] ?? ""] ?? {},
  models: [],
  // Idle connections are closed soon after, so that one which is open for longer has been left behind.
  keepAliveMs: 3_000,
});

function report(): LeavingReport {
  const { calls, bill, openConnections } = fake;
  return {
    underWay: calls.length - bill.completed - bill.abandoned,
    openConnections,
    calls: calls.map(({ model, abandonedAt }) => ({
      model,
      // Between two processes only the time of day compares.
      ...(abandonedAt !== undefined && { leftMs: performance.timeOrigin + abandonedAt }),
    })),
  };
}

process.on("message", () => process.send?.(report()));
process.once("disconnect", () => process.exit(0));
process.send?.(fake.url);
