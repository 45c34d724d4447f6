import {
  type Admission,
  type AttemptLease,
  type Governance,
  isGovernanceError,
  type Principal,
  type RequestFacts,
} from "@drawbridge/governance";

/** What somebody asks of your API. */
export interface Asked {
  readonly token: string | undefined;
  readonly address: string | undefined;
  readonly headers: RequestFacts["headers"];
  readonly model: string;
  readonly prompt: string;
  readonly maxTokens: number;
}

/** A piece of an answer, and how many tokens it has with all before it. */
export interface Piece {
  readonly text: string;
  readonly outputTokens: number;
}

/** Your own way to call a model. */
export type CallModel = (
  place: { readonly provider: string; readonly model: string },
  request: { readonly prompt: string; readonly maxTokens: number },
) => AsyncIterable<Piece>;

/** A request that goes no further: status, sentence, and when asking again can help. */
export class Refused extends Error {
  readonly status: number;
  readonly retryAfterSeconds: number | undefined;

  constructor(status: number, message: string, retryAfterSeconds?: number) {
    super(message);
    this.status = status;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** How an error is told: where no store can say whether there is room, nothing is sent, and asking again soon helps. */
export function refusalOf(error: unknown): Refused {
  if (error instanceof Refused) return error;
  if (isGovernanceError(error) && error.code === "store-unavailable") return new Refused(503, "try again soon", 1);
  return new Refused(500, "it failed");
}

/** The body of a request. Throws {@link Refused} for one that is none. */
export function readBody(body: unknown): Pick<Asked, "model" | "prompt" | "maxTokens"> {
  const fields = new Map<string, unknown>(Object.entries(body ?? {}));
  const [model, prompt, maxTokens] = ["model", "prompt", "maxTokens"].map((name) => fields.get(name));
  const isWhole = typeof maxTokens === "number" && Number.isSafeInteger(maxTokens) && maxTokens > 0;
  if (typeof model === "string" && typeof prompt === "string" && isWhole) return { model, prompt, maxTokens };
  throw new Refused(400, "wanted is { model, prompt, maxTokens }");
}

/** Your prices, in nano-USD a token: 1 USD is 1e9. */
const inputPrice = 2_000;
const outputPrice = 10_000;

/**
 * The line of one request: who asks, may they, where does it go, is there room; then the answer in pieces, and what it
 * cost, settled once, whatever happens. Throws {@link Refused} before the first piece, or where a budget ends.
 */
export async function* governedText(
  governance: Governance,
  asked: Asked,
  callModel: CallModel,
): AsyncGenerator<string> {
  const principal = whoAsks(governance, asked);
  const route = await governance.route({ principal, facts: factsOf(asked) });
  if (!route.ok) throw new Refused(400, route.reason);
  const maxTokens = Math.min(asked.maxTokens, route.ruling?.maxTokens ?? asked.maxTokens);
  const inputTokens = tokensOf(asked.prompt);
  const admission = await governance.admit({
    holder: principal,
    modelAsked: asked.model,
    bound: {
      inputTokens,
      outputTokens: maxTokens,
      nanoUsd: (outputTokens) => inputTokens * inputPrice + outputTokens * outputPrice,
    },
  });
  if (!admission.allowed) throw refusedBy(admission);
  const lease = admission.value;
  try {
    for (const { provider, model } of route.links.flatMap(({ targets }) => targets)) {
      const attempt = await lease.attempt({ provider, model, credential: "default" });
      if (!attempt.allowed) continue;
      const pieces = callModel({ provider, model }, { prompt: asked.prompt, maxTokens: lease.maxOutputTokens });
      yield* settled(attempt.value, pieces, inputTokens);
      return;
    }
    throw new Refused(503, "no place has room for this request");
  } finally {
    lease.settle();
  }
}

function whoAsks(governance: Governance, { token = "", address }: Asked): Principal {
  const who = governance.authenticate([token], { address, atMs: Date.now() });
  if (!who.allowed) throw new Refused(401, who.reason);
  const may = governance.authorize(who.value, { endpoint: "messages" });
  if (!may.allowed) throw new Refused(403, may.reason);
  return who.value;
}

/** The pieces of an answer; more is held as it grows, and what it came to is told at its end. */
async function* settled(
  attempt: AttemptLease,
  pieces: AsyncIterable<Piece>,
  inputTokens: number,
): AsyncGenerator<string> {
  let outputTokens = 0;
  const end = (source: "final" | "partial", outcome: string): void =>
    attempt.end({
      nanoUsd: inputTokens * inputPrice + outputTokens * outputPrice,
      usage: { ...noCaches, inputTokens, outputTokens },
      source,
      outcome,
    });
  try {
    // From here on a crash charges too much at most, never too little.
    await attempt.recorded;
    for await (const piece of pieces) {
      outputTokens = piece.outputTokens;
      if (!attempt.covers(outputTokens)) await holdMore(attempt, outputTokens);
      yield piece.text;
    }
    end("final", "ok");
  } finally {
    // The first end counts: this one is for answers that failed, and for clients that left.
    end("partial", "cut");
  }
}

async function holdMore(attempt: AttemptLease, outputTokens: number): Promise<void> {
  const more = await attempt.extend(outputTokens);
  if (!more.granted) throw new Refused(402, more.denial?.reason ?? "the request ran too long");
}

const noCaches = { cacheReadTokens: 0, cacheWrite5mTokens: 0, cacheWrite1hTokens: 0, webSearchRequests: 0 };

function factsOf({ model, prompt, maxTokens, headers, address }: Asked): RequestFacts {
  return {
    modelAsked: model,
    endpoint: "messages",
    stream: true,
    maxTokens,
    inputTokens: tokensOf(prompt),
    toolNames: [],
    thinking: false,
    images: false,
    agent: "main",
    sessionId: undefined,
    headers,
    address,
  };
}

/** A bound that a tokenizer does not pass on usual text. */
function tokensOf(prompt: string): number {
  return Math.ceil(prompt.length / 2);
}

function refusedBy({ code, reason, retryAfterSeconds }: Extract<Admission, { allowed: false }>): Refused {
  return new Refused(statuses[code] ?? 429, reason, retryAfterSeconds);
}

/** Asking again helps with none of these. */
const statuses: Partial<Record<string, number>> = { "budget-spent": 402, "request-too-large": 400 };
