import { encode } from "gpt-tokenizer/encoding/o200k_base";

/** What each message costs besides its text, and a request as a whole: its frame in special tokens. */
const [messageTokens, requestTokens] = [4, 3];
/** What agents send with each request is the same each time. */
const remembered = new Map<string, number>();
const mostRemembered = 5_000;

interface Message {
  readonly content: string | readonly { readonly text?: string }[];
}

/** How many tokens a request has for the provider, in either dialect: those of its texts, by a tokenizer in use. */
export function promptTokens(body: string): number {
  // What the campaign's own gateways have written.
  const { system, messages, tools = [] }: Request = JSON.parse(body);
  const all = system === undefined ? messages : [{ content: system }, ...messages];
  const toolTokens = tools.length === 0 ? 0 : countTokens(JSON.stringify(tools));
  return all.reduce((sum, { content }) => sum + messageTokens + tokensIn(content), requestTokens + toolTokens);
}

interface Request {
  readonly system?: Message["content"];
  readonly messages: readonly Message[];
  readonly tools?: readonly object[];
}

function tokensIn(content: Message["content"]): number {
  if (typeof content === "string") return countTokens(content);
  return content.reduce((sum, { text = "" }) => sum + countTokens(text), 0);
}

function countTokens(text: string): number {
  const known = remembered.get(text);
  if (known !== undefined) return known;
  const counted = encode(text).length;
  const [oldest] = remembered.keys();
  if (remembered.size >= mostRemembered && oldest !== undefined) remembered.delete(oldest);
  remembered.set(text, counted);
  return counted;
}
