/** How the provider ends an answer: well, or in one of the ways in which they fail. */
export type ScriptEnd =
  | "finish"
  | "cut" // the connection breaks after half of the pieces
  | "early-cut" // it breaks when the answer has begun and nothing is written: billed, and asked again elsewhere
  | "error-event" // an error in the middle of the stream
  | "early-error" // an error in the place of its first words
  | "no-usage" // everything but the count of tokens
  | "absurd-usage" // a count that cannot be
  | "refuse-429"
  | "fail-500";

/**
 * What the provider is to do with one request. It travels in the prompt, so that the provider needs no memory and any
 * number of gateways may carry it.
 */
export interface ChaosScript {
  /** Names the client's request; each is sent once. */
  readonly label: string;
  /** How long the client's own text is, and where in all texts it and the answer begin. */
  readonly promptTokens: number;
  readonly textFrom: number;
  readonly outputTokens: number;
  /** How many writes the answer is spread over, and the pause between two. */
  readonly pieces: number;
  readonly everyMs: number;
  readonly end: ScriptEnd;
  /** At how many calls of this request it ends so; later calls finish. */
  readonly failingCalls: number;
  /** Set where all of an answer is written and billed, whoever has left. */
  readonly billsOn?: true;
}

const marker = "chaos-script ";

/** The script as a line of a prompt. */
export function writeScript(script: ChaosScript): string {
  return `${marker}${JSON.stringify(script)}\n`;
}

/** The script in a request's body, whichever dialect that is in. Throws when there is none. */
export function readScript(body: string): ChaosScript {
  const from = body.indexOf(marker);
  // Inside a JSON text the quotes are escaped; the line's end is, too.
  const line = from === -1 ? undefined : /^(.*?)\\n/u.exec(body.slice(from + marker.length))?.[1];
  if (line === undefined) throw new Error("this request carries no script");
  // What the campaign itself wrote.
  const script: ChaosScript = JSON.parse(line.replaceAll('\\"', '"'));
  return script;
}
