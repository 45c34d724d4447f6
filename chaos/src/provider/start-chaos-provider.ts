import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { setImmediate as immediate, setTimeout as pause } from "node:timers/promises";
import {
  type Answer,
  type AnswerWriter,
  chatWriter,
  messagesWriter,
  type TokenCount,
  wholeWriter,
} from "./answer-writer.ts";
import { type Bill, createBill } from "./bill.ts";
import { type ChaosScript, readScript } from "./chaos-script.ts";
import { promptTokens } from "./prompt-tokens.ts";
import { answerText } from "./answer-text.ts";
import { listenOnLoopback } from "../network/listen-on-loopback.ts";

/** A provider on a loopback port that does what each request says, and keeps its own bill. */
export interface ChaosProvider {
  readonly port: number;
  readonly bill: Bill;
  /** Told how far calls are. */
  onStage: ((label: string, stage: ProviderStage) => void) | undefined;
  close(): Promise<void>;
}

/** How far a call is. */
export type ProviderStage = "received by the provider" | "head sent by the provider";

/** Starts the provider. It speaks the Messages API and chat completions. */
export async function startChaosProvider(): Promise<ChaosProvider> {
  const bill = createBill();
  const server = createServer((request, response) => {
    response.on("error", () => undefined);
    serve(request, response, { bill, onStage: (...of) => provider.onStage?.(...of) }).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : undefined);
    });
  });
  server.keepAliveTimeout = 60_000;
  const port = await listenOnLoopback(server);
  const provider: ChaosProvider = {
    port,
    bill,
    onStage: undefined,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return provider;
}

type Watched = Pick<Stage, "bill" | "onStage">;

async function serve(request: IncomingMessage, response: ServerResponse, { bill, onStage }: Watched): Promise<void> {
  const body = await text(request);
  if (request.method !== "POST") return refuse(response, 404);
  const script = readScript(body);
  onStage(script.label, "received by the provider");
  const failing = bill.arrive(script.label) <= script.failingCalls;
  const end = failing ? script.end : "finish";
  if (end === "refuse-429") return refuse(response, 429);
  if (end === "fail-500") return refuse(response, 500);
  const writer = writerFor(request.url ?? "", body);
  const { label, textFrom, outputTokens } = script;
  const answer = { label, inputTokens: promptTokens(body), text: answerText(textFrom)(0, outputTokens) };
  await play(response, { ...script, end }, { writer, bill, onStage, answer });
}

function refuse(response: ServerResponse, status: number): void {
  const error = { type: status === 429 ? "rate_limit_error" : "api_error", message: `refused with ${status}` };
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify({ type: "error", error }));
}

function writerFor(path: string, body: string): AnswerWriter {
  if (path.includes("/chat/completions")) return chatWriter;
  return body.includes('"stream":true') ? messagesWriter : wholeWriter;
}

interface Stage {
  readonly writer: AnswerWriter;
  readonly bill: Bill;
  readonly onStage: NonNullable<ChaosProvider["onStage"]>;
  readonly answer: Answer;
}

/** Produces the answer's tokens one piece after the other, for as long as somebody listens. */
async function play(response: ServerResponse, script: ChaosScript, stage: Stage): Promise<void> {
  const { writer, bill, answer, onStage } = stage;
  const left = new AbortController();
  response.once("close", () => {
    if (script.billsOn !== true) left.abort();
  });
  const entry = bill.open(script.label, answer.inputTokens);
  const write = answerText(script.textFrom);
  try {
    response.writeHead(200, { "content-type": writer.contentType });
    response.write(writer.head(answer));
    onStage(script.label, "head sent by the provider");
    for (let piece = 0; piece < script.pieces; piece++) {
      await pause(script.everyMs, undefined, { signal: left.signal });
      await heard(left.signal);
      if (brokenAt(script) === piece) return breakOff(response, script.end, writer);
      const [from, to] = [written(script, piece), written(script, piece + 1)];
      entry.produce(to - from);
      response.write(writer.piece(write(from, to - from)));
    }
    response.end(writer.end(answer, usageOf(script, answer)));
  } catch (error) {
    if (!left.signal.aborted) throw error;
  } finally {
    entry.close();
  }
}

/** Turns in which a connection that was closed is known to be, through the proxy before it. */
const turnsToHear = 12;

/** On a busy machine a pause may end before it is read that the caller has left meanwhile, and nothing is billed to nobody. */
async function heard(left: AbortSignal): Promise<void> {
  for (let turn = 0; turn < turnsToHear; turn++) await immediate(undefined, { signal: left });
}

/** The piece in whose place the answer breaks. */
function brokenAt({ end, pieces }: ChaosScript): number | undefined {
  if (end === "early-cut" || end === "early-error") return 0;
  return end === "cut" || end === "error-event" ? Math.ceil(pieces / 2) : undefined;
}

function breakOff(response: ServerResponse, end: ChaosScript["end"], writer: AnswerWriter): void {
  const error = writer.error();
  // In the middle of one JSON text no error can be told.
  if (end === "cut" || end === "early-cut" || error === "") response.destroy();
  else response.end(error);
}

/** How many tokens have been written before a piece. */
function written({ outputTokens, pieces }: ChaosScript, piece: number): number {
  return Math.floor((outputTokens * piece) / pieces);
}

function usageOf({ end, outputTokens }: ChaosScript, { inputTokens }: Answer): TokenCount | undefined {
  if (end === "no-usage") return undefined;
  if (end === "absurd-usage") return { inputTokens: -5, outputTokens: -outputTokens };
  return { inputTokens, outputTokens };
}
