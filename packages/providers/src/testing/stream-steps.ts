import type { Answer } from "./answer.ts";
import { faultOf } from "./fault.ts";
import type { Asked, Step } from "./plan.ts";
import type { StreamFormat, WireEvent } from "./rendering.ts";

const encoder = new TextEncoder();
const end: readonly Step[] = [{ do: "end" }];

/** The steps of a streamed answer, before anything is done to its bytes. */
export function streamSteps(answer: Answer, asked: Asked): readonly Step[] {
  const events = eventsOf(answer, asked);
  const broken = breakOff(answer, asked, events.length);
  const { format } = asked.rendering;
  const writes = events.map((event, at) => write(format.write(event), (at + 1) / events.length));
  return [
    head(answer, format),
    ...spread(writes.slice(0, broken?.at), answer.gapMs),
    ...(broken?.steps(writes) ?? end),
  ];
}

function head(answer: Answer, format: StreamFormat): Step {
  const contentType = faultOf(answer.fault, "wrong-content-type");
  return {
    do: "head",
    status: 200,
    headers: {
      "content-type": contentType ? (contentType.contentType ?? "text/plain") : format.contentType,
      "cache-control": "no-cache",
      ...answer.headers,
    },
  };
}

function eventsOf(answer: Answer, { rendering, context }: Asked): readonly WireEvent[] {
  const early = faultOf(answer.fault, "error-before-content");
  if (early) return [rendering.errorEvent({ status: 500, message: "the model crashed", ...early })];
  const huge = faultOf(answer.fault, "huge-event");
  const text = (answer.text ?? "") + "x".repeat(huge?.chars ?? 0);
  const events = rendering.stream(huge ? { ...answer, text, deltaChars: text.length } : answer, context);
  const without = [faultOf(answer.fault, "no-done") && "done", faultOf(answer.fault, "no-finish") && "finish"];
  return events.filter((event) => !without.includes(event.role));
}

interface Break {
  /** Number of events that still arrive whole. */
  readonly at: number;
  steps(writes: readonly Write[]): readonly Step[];
}

function breakOff(answer: Answer, { rendering }: Asked, count: number): Break | undefined {
  const breaks: readonly (Break | undefined)[] = [
    breakAt(faultOf(answer.fault, "truncated"), () => end),
    breakAt(faultOf(answer.fault, "reset-mid-stream"), () => [{ do: "reset" }]),
    breakAt(faultOf(answer.fault, "close-mid-stream"), () => [{ do: "close" }]),
    breakAt(faultOf(answer.fault, "half-event"), (_, [next]) => [...halfOf(next), ...end]),
    breakAt(faultOf(answer.fault, "silence-mid-stream"), (fault, rest) => [
      { do: "wait", ms: fault.forMs },
      ...spread(rest, answer.gapMs),
      ...end,
    ]),
    breakAt(faultOf(answer.fault, "heartbeats"), ({ line = ": alive", everyMs }) => [
      { do: "repeat", bytes: encoder.encode(`${line}\n\n`), everyMs },
    ]),
    breakAt(faultOf(answer.fault, "garbage-line"), (fault, rest) => [
      { do: "write", bytes: encoder.encode(`data: ${fault.line ?? '{"choices":[{"del'}\n\n`), share: 0 },
      ...spread(rest, answer.gapMs),
      ...end,
    ]),
    breakAt(faultOf(answer.fault, "error-mid-stream"), (fault) => [
      write(rendering.format.write(rendering.errorEvent({ status: 500, message: "the model crashed", ...fault })), 0),
      ...end,
    ]),
  ];
  const found = breaks.find((one) => one !== undefined);
  return found && { ...found, at: Math.min(found.at, count) };
}

function breakAt<F extends { readonly afterEvents: number }>(
  fault: F | undefined,
  steps: (fault: F, rest: readonly Write[]) => readonly Step[],
): Break | undefined {
  return (
    fault && {
      at: fault.afterEvents,
      steps: (writes) => steps(fault, writes.slice(fault.afterEvents)),
    }
  );
}

type Write = Extract<Step, { do: "write" }>;

function write(bytes: Uint8Array, share: number): Write {
  return { do: "write", bytes, share };
}

function halfOf(next: Write | undefined): readonly Step[] {
  if (next === undefined) return [];
  return [{ ...next, bytes: next.bytes.subarray(0, Math.ceil(next.bytes.length / 2)) }];
}

function spread(writes: readonly Write[], gapMs: number | undefined): readonly Step[] {
  if (gapMs === undefined) return writes;
  return writes.flatMap((one): readonly Step[] => [one, { do: "wait", ms: gapMs }]);
}
