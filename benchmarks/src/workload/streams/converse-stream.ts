import { crc32 } from "node:zlib";
import type { ScriptedAnswer } from "./scripted-answer.ts";

/**
 * The answer as Amazon Bedrock streams it, in AWS's binary frames and with the padding `p` that Bedrock adds.
 * Source: `ConverseStreamOutput` in @aws-sdk/client-bedrock-runtime.
 */
export function converseStream({ thinking, text, tool }: ScriptedAnswer): Buffer[] {
  const deltas = (index: number, list: readonly object[]): Buffer[] => [
    ...list.map((delta) => frame("contentBlockDelta", { contentBlockIndex: index, delta })),
    frame("contentBlockStop", { contentBlockIndex: index }),
  ];
  const start = { toolUse: { toolUseId: tool.id, name: tool.name } };
  const usage = { inputTokens: 1_200, outputTokens: 1_450, totalTokens: 13_650, cacheReadInputTokens: 11_000 };
  return [
    frame("messageStart", { role: "assistant" }),
    ...deltas(0, [
      ...thinking.map((piece) => ({ reasoningContent: { text: piece } })),
      { reasoningContent: { signature: "c2lnbmF0dXJl".repeat(24) } },
    ]),
    ...deltas(
      1,
      text.map((piece) => ({ text: piece })),
    ),
    frame("contentBlockStart", { contentBlockIndex: 2, start }),
    ...deltas(
      2,
      tool.input.map((piece) => ({ toolUse: { input: piece } })),
    ),
    frame("messageStop", { stopReason: "tool_use" }),
    frame("metadata", { usage, metrics: { latencyMs: 4_120 } }),
  ];
}

const padding = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/** One event in AWS's framing. Source: Smithy specification, "Amazon Event Stream". */
function frame(type: string, payload: object): Buffer {
  const headers = Buffer.concat([
    header(":event-type", type),
    header(":content-type", "application/json"),
    header(":message-type", "event"),
  ]);
  const text = JSON.stringify(payload);
  const body = Buffer.from(JSON.stringify({ ...payload, p: padding.slice(0, text.length % padding.length) }));
  const prelude = Buffer.alloc(12);
  prelude.writeUInt32BE(prelude.length + headers.length + body.length + 4, 0);
  prelude.writeUInt32BE(headers.length, 4);
  prelude.writeUInt32BE(crc32(prelude.subarray(0, 8)), 8);
  const message = Buffer.concat([prelude, headers, body]);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(message));
  return Buffer.concat([message, checksum]);
}

function header(name: string, value: string): Buffer {
  const length = Buffer.alloc(3);
  // 7 is the type of strings.
  length.writeUInt8(7, 0);
  length.writeUInt16BE(value.length, 1);
  return Buffer.concat([Buffer.from([name.length]), Buffer.from(name), length, Buffer.from(value)]);
}
