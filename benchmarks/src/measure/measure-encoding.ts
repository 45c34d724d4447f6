import {
  anthropicMessages,
  bedrockConverse,
  gemini,
  openaiChat,
  openaiResponses,
  readEnvelope,
  type Dialect,
} from "@drawbridge/translator";
import { claudeCodeRequest } from "../workload/claude-code-request.ts";
import { imageRequest } from "../workload/image-request.ts";
import { runLoops, type Loop } from "./run-loops.ts";
import type { Spread } from "./statistics.ts";

/** Microseconds a KB that writing a request in one dialect costs, from the client's bytes to the provider's. */
export interface EncodingCost {
  readonly dialect: string;
  /** Requests of Claude Code: the first one of a session, and one after twenty turns. */
  readonly first: Spread;
  readonly later: Spread;
  /** Requests full of images, of 3 MB and of 30 MB: the same where the time grows as the size does. */
  readonly images: Spread;
  readonly manyImages: Spread;
}

const dialects = [anthropicMessages, openaiChat, openaiResponses, gemini, bedrockConverse];
const context = { messageId: "msg_benchmark", askedModel: "claude-sonnet-5-5" };
const shape = { model: context.askedModel, stream: true };
/** One of the large requests takes as long as a thousand of the others. */
const timesFewer = 20;

/** Measures the request encoder of every dialect. */
export function measureEncoding(repeats: number): EncodingCost[] {
  const bodies = [
    claudeCodeRequest({ ...shape, turns: 0, bytes: 50_000 }),
    claudeCodeRequest({ ...shape, turns: 20, bytes: 156_000 }),
  ];
  const [first = [], later = []] = bodies.map((body) => encodeWithEach(body, repeats));
  const few = Math.max(5, Math.round(repeats / timesFewer));
  const [images = [], manyImages = []] = [3, 30].map((megabytes) => encodeWithEach(imageRequest(megabytes), few));
  return dialects.flatMap(({ name }, index) => {
    const costs = [first[index], later[index], images[index], manyImages[index]];
    const [a, b, c, d] = costs;
    if (a === undefined || b === undefined || c === undefined || d === undefined) return [];
    return [{ dialect: name, first: a, later: b, images: c, manyImages: d }];
  });
}

function encodeWithEach(body: Uint8Array, repeats: number): Spread[] {
  return runLoops(
    dialects.map((dialect) => encodingLoop(dialect, body)),
    repeats,
  );
}

function encodingLoop(dialect: Dialect, body: Uint8Array): Loop {
  const request = { body, envelope: readEnvelope(body) };
  return {
    name: dialect.name,
    units: body.length / 1024,
    run: () => dialect.translate(request, { model: "model" }, context).body.length,
  };
}
