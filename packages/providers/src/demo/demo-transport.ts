import { ProviderError } from "../errors.ts";
import type { Call, Reply, Transport } from "../transport.ts";
import { readDemoRequest } from "./demo-request.ts";
import { planDemoAnswer } from "./plan-demo-answer.ts";
import { type DemoPiece, renderStream, renderWhole } from "./render-demo-answer.ts";

/** What the demo takes from outside. */
export interface DemoWorld {
  readonly sleep: (ms: number) => Promise<void>;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}

/** Answers chat completions in the same process, without a network, at the pace of a quick model. */
export function demoTransport({ sleep, clock }: DemoWorld): Transport {
  let answered = 0;

  async function* play(pieces: readonly DemoPiece[], signal: AbortSignal): AsyncGenerator<Uint8Array, void, undefined> {
    const encoder = new TextEncoder();
    for (const { data, delayMs } of pieces) {
      if (delayMs > 0) await sleep(delayMs);
      if (signal.aborted) throw cancelled();
      yield encoder.encode(data);
    }
  }

  function reply(pieces: readonly DemoPiece[], type: string, signal: AbortSignal): Reply {
    return { status: 200, headers: { "content-type": type }, body: play(pieces, signal) };
  }

  return {
    send(call: Call, signal: AbortSignal): Promise<Reply> {
      if (signal.aborted) return Promise.reject(cancelled());
      if (call.body === undefined) {
        const models = JSON.stringify({ object: "list", data: [{ id: "demo", object: "model" }] });
        return Promise.resolve(reply([{ data: models, delayMs: 0 }], "application/json", signal));
      }
      answered += 1;
      const identity = { id: `demo${answered}`, createdSeconds: Math.floor(clock() / 1000) };
      const request = readDemoRequest(call.body);
      const answer = planDemoAnswer(request);
      if (request.stream) {
        return Promise.resolve(reply(renderStream(answer, request, identity), "text/event-stream", signal));
      }
      const whole = renderWhole(answer, request, identity);
      return Promise.resolve(reply([{ data: whole, delayMs: 50 }], "application/json", signal));
    },
    close: () => Promise.resolve(),
  };
}

function cancelled(): ProviderError {
  return new ProviderError({ kind: "cancelled", message: "the request to the demo was cancelled" });
}
