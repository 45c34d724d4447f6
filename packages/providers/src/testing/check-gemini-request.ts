import { callSignature, textSignature } from "./gemini-rendering.ts";
import { type Fields, fieldsAt, fieldsIn, isFields, textAt, unknownKey, words } from "./json-fields.ts";

// Source: ai.google.dev, "GenerateContentRequest"; the other names are those of the types of @google/genai 3.1.
const topLevel = words(
  "model contents tools toolConfig safetySettings systemInstruction generationConfig cachedContent serviceTier store labels",
);
const generationFields = words(
  "candidateCount stopSequences responseMimeType responseSchema responseJsonSchema responseModalities maxOutputTokens " +
    "temperature topP topK seed presencePenalty frequencyPenalty responseLogprobs logprobs speechConfig thinkingConfig " +
    "mediaResolution",
);
const thinkingFields = words("includeThoughts thinkingBudget thinkingLevel");
const partKinds = words(
  "text inlineData functionCall functionResponse fileData executableCode codeExecutionResult toolCall toolResponse",
);
const partFields = new Set([
  ...partKinds,
  "thought",
  "thoughtSignature",
  "videoMetadata",
  "mediaResolution",
  "partMetadata",
]);
const toolKinds = words(
  "functionDeclarations googleSearch googleSearchRetrieval codeExecution urlContext googleMaps fileSearch",
);
const declarationFields = words(
  "name description behavior parameters parametersJsonSchema response responseJsonSchema",
);
const callFields = words("id name args");
const responseFields = words("id name response parts willContinue scheduling");
/** Google's own words for calls that other models made. */
const excuses = words("skip_thought_signature_validator context_engineering_is_the_way_to_go");

/** Says what Google would refuse in a request of generateContent, in its words; undefined when it is sound. */
export function checkGeminiRequest(body: unknown, model: string): string | undefined {
  if (!isFields(body)) return "Invalid JSON payload received.";
  const contents = fieldsIn(body["contents"]);
  const generation = fieldsAt(body, "generationConfig");
  return (
    unknownName(body, topLevel, "") ??
    unknownName(generation, generationFields, " at 'generation_config'") ??
    unknownName(fieldsAt(generation, "thinkingConfig"), thinkingFields, " at 'generation_config.thinking_config'") ??
    checkTools(fieldsIn(body["tools"])) ??
    (contents.length === 0 ? "* GenerateContentRequest.contents: contents is not specified" : undefined) ??
    checkContents(contents) ??
    checkTurns(contents) ??
    (/gemini-3/.test(model) ? checkSignatures(contents) : undefined)
  );
}

function unknownName(fields: Fields, known: ReadonlySet<string>, where: string): string | undefined {
  const unknown = unknownKey(fields, known);
  return unknown && `Invalid JSON payload received. Unknown name "${unknown}"${where}: Cannot find field.`;
}

function checkTools(tools: readonly Fields[]): string | undefined {
  for (const [at, tool] of tools.entries()) {
    const where = ` at 'tools[${at}]'`;
    const unknown = unknownName(tool, toolKinds, where);
    if (unknown !== undefined) return unknown;
    const declarations = fieldsIn(tool["functionDeclarations"]);
    if ("functionDeclarations" in tool && declarations.length === 0) {
      return `* GenerateContentRequest.tools[${at}].tool_type: required one_of 'tool_type' must have one initialized field`;
    }
    const wrong = declarations.map((one) => checkDeclaration(one, where)).find((one) => one !== undefined);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

function checkDeclaration(declaration: Fields, where: string): string | undefined {
  if (!/^[a-zA-Z_][a-zA-Z0-9_.:-]{0,127}$/.test(textAt(declaration, "name"))) return `Invalid function name${where}.`;
  return unknownName(declaration, declarationFields, where);
}

function checkContents(contents: readonly Fields[]): string | undefined {
  for (const [at, content] of contents.entries()) {
    if (content["role"] !== "user" && content["role"] !== "model") return "Please use a valid role: user, model.";
    const parts = fieldsIn(content["parts"]);
    if (parts.length === 0) return `* GenerateContentRequest.contents[${at}].parts: contents.parts must not be empty.`;
    for (const [number, part] of parts.entries()) {
      const wrong = checkPart(part, `contents[${at}].parts[${number}]`);
      if (wrong !== undefined) return wrong;
    }
  }
  return undefined;
}

function checkPart(part: Fields, where: string): string | undefined {
  const kinds = Object.keys(part).filter((key) => partKinds.has(key));
  if ("thoughtSignature" in part && !/^[\w+/-]+={0,2}$/.test(textAt(part, "thoughtSignature"))) {
    return `Invalid value at '${where}.thought_signature' (TYPE_BYTES), Base64 decoding failed`;
  }
  if (kinds.length !== 1)
    return `* GenerateContentRequest.${where}.data: required oneof field 'data' must have one initialized field`;
  const { response } = fieldsAt(part, "functionResponse");
  if ("functionResponse" in part && !isFields(response))
    return `Invalid value at '${where}.function_response.response'`;
  return (
    unknownName(part, partFields, ` at '${where}'`) ??
    unknownName(fieldsAt(part, "functionCall"), callFields, ` at '${where}.function_call'`) ??
    unknownName(fieldsAt(part, "functionResponse"), responseFields, ` at '${where}.function_response'`)
  );
}

function checkTurns(contents: readonly Fields[]): string | undefined {
  for (const [at, content] of contents.entries()) {
    const before = contents[at - 1];
    const calls = kindIn(content, "functionCall").length;
    if (calls > 0 && (before === undefined || content["role"] !== "model" || before["role"] !== "user")) {
      return "Please ensure that function call turn comes immediately after a user turn or after a function response turn.";
    }
    const responses = kindIn(content, "functionResponse").length;
    const called = before === undefined ? 0 : kindIn(before, "functionCall").length;
    if (responses > 0 && called === 0) {
      return "Please ensure that function response turn comes immediately after a function call turn.";
    }
    if (called !== responses) {
      return "Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.";
    }
  }
  return undefined;
}

/** Only the calls of the turn that still goes on are looked at. Source: ai.google.dev, "Thought signatures". */
function checkSignatures(contents: readonly Fields[]): string | undefined {
  const asked = contents.findLastIndex((content) => content["role"] === "user" && !isResults(content));
  for (const content of contents.slice(asked + 1)) {
    const call = fieldsIn(content["parts"]).find((part) => "functionCall" in part);
    if (call === undefined) continue;
    const signature = textAt(call, "thoughtSignature");
    const name = textAt(fieldsAt(call, "functionCall"), "name");
    if (signature === "") return `Function call is missing a thought_signature in functionCall parts: ${name}.`;
    if (signature !== callSignature(name) && !excuses.has(signature)) return "Corrupted thought signature.";
  }
  const texts = contents.flatMap(({ parts }) => fieldsIn(parts)).filter((part) => "text" in part);
  const foreign = texts.some(({ thoughtSignature: signature = textSignature }) => signature !== textSignature);
  return foreign ? "Corrupted thought signature." : undefined;
}

function isResults(content: Fields): boolean {
  return kindIn(content, "functionResponse").length > 0;
}

function kindIn(content: Fields, kind: string): readonly Fields[] {
  return fieldsIn(content["parts"]).filter((part) => kind in part);
}
