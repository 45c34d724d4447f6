import type { SpokenError } from "./error-body.ts";

const name = String.raw`['"\x60]?(?<name>[a-z_][\w.[\]]*)['"\x60]?`;

/** How providers say that they do not take a parameter, or not with this value. */
const refusals: readonly RegExp[] = [
  // OpenAI: "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."
  new RegExp(
    String.raw`(?:unsupported|unknown|unrecognized|unexpected|invalid) (?:request )?(?:parameter|argument|value|field|property)s?(?: supplied)?: ${name}`,
    "i",
  ),
  // OpenAI: "Unsupported value: 'temperature' does not support 0.2 with this model."; Groq: "property 'x' is unsupported"
  new RegExp(String.raw`property ${name} is (?:unsupported|not (?:supported|allowed))`, "i"),
  new RegExp(
    String.raw`(?:parameter|argument|field) ${name} (?:is|was) (?:not supported|unsupported|not allowed|deprecated|unknown|invalid)`,
    "i",
  ),
  new RegExp(
    String.raw`${name} is not (?:a )?(?:supported|allowed|permitted|valid)(?: parameter| with| for| by| in|\.|$)`,
    "i",
  ),
  new RegExp(
    String.raw`does(?: not|n't) support (?:the )?(?:parameter |setting |custom )?${name}(?: parameter)?(?=[\s.,;)]|$)`,
    "i",
  ),
  // pydantic: "body.reasoning_effort: Extra inputs are not permitted"
  new RegExp(String.raw`${name}: extra (?:inputs|fields) (?:are )?not permitted`, "i"),
  // OpenAI on reasoning models: "Function tools with reasoning_effort are not supported for …"
  /function tools with (?<name>reasoning_effort) are not supported/i,
  // OpenAI: "Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16"
  new RegExp(String.raw`invalid ${name}: integer below minimum`, "i"),
  new RegExp(String.raw`${name} must be (?:>=|≥|at least|greater than(?: or equal to)?) ?\d`, "i"),
  // DeepSeek: "thinking options type cannot be disabled when reasoning_effort is set"
  /cannot be disabled when (?<name>reasoning_effort) is set/i,
  // DeepSeek, Moonshot: "Missing `reasoning_content` field", "The reasoning_content in the thinking mode must be passed back"
  /(?<name>reasoning_content)\b.{0,60}(?:must be passed|missing|required)|missing.{0,20}(?<other>reasoning_content)/i,
  // Encrypted reasoning that another key or model sealed
  /(?<name>encrypted)[ _]content.{0,40}(?:could not be|cannot be|not be) (?:verified|decrypted)/i,
];

/** OpenAI's answer to a `max_tokens` so small that reasoning alone used it up. */
const tooSmall = /could not finish the message because max_tokens or model output limit was reached/i;

const refusingCodes = /unsupported_parameter|unsupported_value|unknown_parameter|invalid_parameter|integer_below_min/;
/** Parameters of one word; any other single word that the patterns catch is part of a sentence about something else. */
const oneWord = new Set(
  "temperature stop stream thinking reasoning verbosity store strict user metadata modalities prediction logprobs seed effort encrypted prefix n".split(
    " ",
  ),
);

/** The parameter that a provider refuses, by its own name; undefined when the refusal is about something else. */
export function readParameter({ message, codes, parameter }: SpokenError): string | undefined {
  if (tooSmall.test(message)) return "max_tokens";
  if (parameter !== undefined && refusingCodes.test(codes)) return usable(parameter);
  for (const refusal of refusals) {
    const groups = refusal.exec(message)?.groups;
    const found = usable(groups?.["name"] ?? groups?.["other"]);
    if (found !== undefined) return found === "encrypted" ? "reasoning_details" : found;
  }
  return undefined;
}

function usable(text: string | undefined): string | undefined {
  const path = text?.replace(/^body\./, "").replace(/\.+$/, "") ?? "";
  return /[_.[]/.test(path) || oneWord.has(path) ? path : undefined;
}
