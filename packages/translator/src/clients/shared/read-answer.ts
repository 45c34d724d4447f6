import { isRecord } from "../../json/is-record.ts";
import { JsonScanner } from "../../json/json-scanner.ts";

/** A whole answer of the Messages API with nothing known of its parts but that they are objects. */
export interface ReadAnswer {
  readonly answer: Readonly<Record<string, unknown>> & {
    readonly content: readonly Readonly<Record<string, unknown>>[];
  };
  /** The text of each block's `input`, so that numbers which JavaScript cannot hold survive; undefined where there is none. */
  readonly inputs: readonly (string | undefined)[];
}

const decoder = new TextDecoder();

/** Reads the body of a whole answer that a dialect has already found to be one. */
export function readAnswer(body: Uint8Array): ReadAnswer {
  const value: unknown = JSON.parse(decoder.decode(body));
  const answer = isRecord(value) ? value : {};
  const blocks: readonly unknown[] = Array.isArray(answer["content"]) ? answer["content"] : [];
  const content = blocks.map((block) => (isRecord(block) ? block : {}));
  const hasCalls = content.some((block) => "input" in block);
  return { answer: { ...answer, content }, inputs: hasCalls ? inputsOf(body) : [] };
}

function inputsOf(body: Uint8Array): (string | undefined)[] {
  const scanner = new JsonScanner(body);
  const inputs: (string | undefined)[] = [];
  scanner.members(scanner.skipSpace(0), (key, { start }) => {
    if (key !== "content") return;
    scanner.elements(start, (block) => inputs.push(inputAt(scanner, block.start)));
  });
  return inputs;
}

function inputAt(scanner: JsonScanner, at: number): string | undefined {
  let input: string | undefined;
  if (scanner.byteAt(at) !== 0x7b) return undefined;
  scanner.members(at, (key, { start, end }) => {
    if (key === "input") input = decoder.decode(scanner.bytes.subarray(start, end));
  });
  return input;
}
