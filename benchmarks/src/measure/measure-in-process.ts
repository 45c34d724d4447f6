import { anthropicMessages, readEnvelope } from "@drawbridge/translator";
import { claudeCodeRequest } from "../workload/claude-code-request.ts";
import { runLoops } from "./run-loops.ts";
import type { Spread } from "./statistics.ts";

/** What one unit of work costs inside this process. */
export interface LoopCost {
  readonly name: string;
  /** What the time is for: an event, a KB, a request. */
  readonly unit: string;
  readonly micros: Spread;
}

const context = { messageId: "msg_benchmark", askedModel: "claude-sonnet-5-5" };

/** What a request costs that is passed on as it came, apart from its transport. */
export function measureInProcess(repeats: number): LoopCost[] {
  const body = claudeCodeRequest({ model: context.askedModel, stream: true, turns: 20, bytes: 156_000 });
  const envelope = readEnvelope(body);
  const passTo = (model: string): number =>
    anthropicMessages.translate({ body, envelope }, { model }, context).body.length;
  const loops = [
    { name: "read envelope, 156 KB", units: 1, run: () => readEnvelope(body).bytes },
    { name: "pass request through, 156 KB", units: 1, run: () => passTo(context.askedModel) },
    { name: "pass through under another name, 156 KB", units: 1, run: () => passTo("claude-opus-5-5") },
  ];
  const costs = runLoops(loops, repeats);
  return loops.flatMap(({ name }, index) => {
    const micros = costs[index];
    return micros === undefined ? [] : [{ name, unit: "a request", micros }];
  });
}
