interface Refusal {
  readonly pattern: RegExp;
  /** What the repair knows it by; undefined when the message names it. */
  readonly parameter?: string;
}

/** How Google says that a model does not take something; the first that fits decides. */
const refusals: readonly Refusal[] = [
  // 'Invalid JSON payload received. Unknown name "topK" at \'generation_config\': Cannot find field.'
  { pattern: /unknown name \\?"(?<name>[^"\\]+)\\?"(?: at '(?<at>[^']*)')?: cannot find field/i },
  // "Function call is missing a thought_signature in functionCall parts."
  { pattern: /missing a thought[_ ]?signature/i, parameter: "missingThoughtSignature" },
  // "Thinking level is not supported for this model.", "thinking_level is not supported by this model", "… MINIMAL is not supported"
  { pattern: /thinking[_ ]?level\b/i, parameter: "thinkingLevel" },
  // "The thinking budget (52428) is invalid.", "Budget 0 is invalid. This model only works in thinking mode."
  { pattern: /thinking[_ ]?budget\b|\bbudget -?\d+ is invalid/i, parameter: "thinkingBudget" },
  // "Thinking is not enabled for models/…", "thinking is not supported by this model"
  {
    pattern: /\bthinking(?:_?config)? is not (?:enabled|supported)|include_?thoughts is (?:only|not)/i,
    parameter: "thinkingConfig",
  },
  // "Developer instruction is not enabled for models/gemma-3-27b-it"
  { pattern: /(?:developer|system)[_ ]?instruction is not (?:enabled|supported)/i, parameter: "systemInstruction" },
  // "Built-in tools ({google_search}) and Function Calling cannot be combined in the same request."
  {
    pattern:
      /built-?in tools.{0,80}function calling|tool use with function calling is unsupported|multiple tools are supported only|search as tool is not (?:enabled|supported)|google_?search.{0,40}not (?:enabled|supported)/i,
    parameter: "googleSearch",
  },
  // "Function calling with a response mime type: 'application/json' is unsupported", "JSON mode is not enabled for models/…"
  {
    pattern:
      /response[_ ]?mime[_ ]?type|json mode is not (?:enabled|supported)|response_?(?:json_?)?schema.{0,80}(?:not supported|unsupported|invalid|too)/i,
    parameter: "responseMimeType",
  },
  // "Multimodal function responses are not supported for this model."
  { pattern: /multimodal function response/i, parameter: "functionResponse.parts" },
];

/** "Corrupted thought signature.", "Invalid thought signature.", "Thought signature is not valid." */
const brokenSignature = /thought[_ ]?signature/i;

/** True when a signature in the conversation is refused, as happens when another model or another key made it. */
export function refusesSignature(message: string): boolean {
  return brokenSignature.test(message);
}

/** What a model refuses, by Gemini's own name; undefined when the refusal is about something else. */
export function readParameter(message: string): string | undefined {
  for (const { pattern, parameter } of refusals) {
    const groups = pattern.exec(message)?.groups;
    if (groups === undefined && !pattern.test(message)) continue;
    if (parameter !== undefined) return parameter;
    const name = camel(groups?.["name"] ?? "");
    const at = (groups?.["at"] ?? "").split(".").map(camel).join(".");
    return at === "" ? name : `${at}.${name}`;
  }
  return undefined;
}

/** Google's messages name fields in snake case, and its JSON has them in camel case. */
function camel(name: string): string {
  return name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
