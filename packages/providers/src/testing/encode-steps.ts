import { gzipSync } from "node:zlib";
import type { Answer } from "./answer.ts";
import { faultOf } from "./fault.ts";
import type { Step } from "./plan.ts";

/** Does to the bytes of a body what the answer asks for: line ends, compression, cuts, slowness. */
export function encodeSteps(steps: readonly Step[], answer: Answer): readonly Step[] {
  const lines = faultOf(answer.fault, "crlf") ? steps.map(withCrlf) : steps;
  const packed = faultOf(answer.fault, "gzip") ? compress(lines) : lines;
  const drip = faultOf(answer.fault, "slow-drip");
  const size = faultOf(answer.fault, "byte-at-a-time") ? 1 : (drip?.bytes ?? (drip ? 1 : answer.chunkBytes));
  const cut = size === undefined ? packed : recut(packed, size);
  return drip === undefined ? cut : cut.flatMap((step) => drop(step, drip.everyMs));
}

/** Lets only the beginning of a body through, if the answer wants that. */
export function cutShort(steps: readonly Step[], answer: Answer): readonly Step[] {
  const cut = faultOf(answer.fault, "cut-body");
  if (cut === undefined) return steps;
  const kept: Step[] = [];
  let left = cut.bytes;
  for (const step of steps) {
    if (step.do === "end" || left <= 0) break;
    kept.push(step.do === "write" ? { ...step, bytes: step.bytes.subarray(0, left) } : step);
    if (step.do === "write") left -= step.bytes.length;
  }
  return [...kept, cut.how === "silence" ? { do: "wait", ms: undefined } : { do: cut.how }];
}

function withCrlf(step: Step): Step {
  if (step.do === "head") {
    const { "content-length": _, ...headers } = step.headers;
    return { ...step, headers };
  }
  if (step.do !== "write") return step;
  return { ...step, bytes: Buffer.from(Buffer.from(step.bytes).toString("utf8").replaceAll(/\r?\n/g, "\r\n")) };
}

/** Each run of writes becomes one member of the gzip file. */
function compress(steps: readonly Step[]): readonly Step[] {
  return joinRuns(steps).map((step) => {
    if (step.do === "write") return { ...step, bytes: gzipSync(step.bytes) };
    if (step.do !== "head") return step;
    const { "content-length": _, ...headers } = step.headers;
    return { ...step, headers: { ...headers, "content-encoding": "gzip" } };
  });
}

function recut(steps: readonly Step[], size: number): readonly Step[] {
  return joinRuns(steps).flatMap((step): readonly Step[] => {
    if (step.do !== "write") return [step];
    const { bytes, share } = step;
    return Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) => ({
      do: "write",
      bytes: bytes.subarray(at * size, (at + 1) * size),
      share: (share * Math.min(bytes.length, (at + 1) * size)) / bytes.length,
    }));
  });
}

function joinRuns(steps: readonly Step[]): readonly Step[] {
  const joined: Step[] = [];
  let run: Extract<Step, { do: "write" }>[] = [];
  const flush = (): void => {
    const last = run.at(-1);
    if (last) joined.push({ ...last, bytes: Buffer.concat(run.map((one) => one.bytes)) });
    run = [];
  };
  for (const step of steps) {
    if (step.do === "write") {
      run.push(step);
    } else {
      flush();
      joined.push(step);
    }
  }
  flush();
  return joined;
}

function drop(step: Step, everyMs: number): readonly Step[] {
  return step.do === "write" ? [step, { do: "wait", ms: everyMs }] : [step];
}
