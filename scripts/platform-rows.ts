import {
  azureFoundry,
  bedrockInvoke,
  bedrockMessages,
  compatibleMessages,
  deepseekMessages,
  minimaxMessages,
  moonshotMessages,
  vertexRawPredict,
  type GatedField,
  type MessagesPlatform,
} from "../packages/translator/src/dialects/anthropic-messages/index.ts";

/** The columns of {@link platformRows}. */
export const platformColumns: readonly string[] = [
  "platform",
  "betas",
  "left out",
  "put into words",
  "earlier thinking",
  "web search",
];

const platforms: readonly MessagesPlatform[] = [
  bedrockInvoke,
  bedrockMessages,
  vertexRawPredict,
  azureFoundry,
  deepseekMessages,
  minimaxMessages,
  moonshotMessages,
  { ...compatibleMessages, title: "Other endpoints for Anthropic's clients" },
];

/** What each platform of the Messages API takes otherwise than Anthropic itself: one row a platform. */
export function platformRows(): readonly (readonly string[])[] {
  return platforms.map((platform) => [
    platform.title,
    betasOf(platform),
    leftOut(platform),
    inWords(platform),
    thinking[platform.earlierThinking],
    platform.webSearch ? "its own" : "the gateway's",
  ]);
}

function betasOf({ betas }: MessagesPlatform): string {
  if (betas === undefined) return "all";
  if (betas.allowed !== undefined) return `those it knows, in the ${betas.in}`;
  return `all but ${codes(betas.refused ?? [])}`;
}

function leftOut({ billingLine, gatedFields, gatedEdits }: MessagesPlatform): string {
  const never = gatedFields.filter(({ betas }) => betas.length === 0).map(fieldPath);
  const gated = gatedFields.filter(({ betas }) => betas.length > 0).map(fieldPath);
  const edits = gatedEdits.length > 0 ? ["context_management"] : [];
  return [
    ...(billingLine === "cut" ? ["the billing line"] : []),
    ...(never.length > 0 ? [codes(never)] : []),
    ...(gated.length > 0 ? [`${codes([...gated, ...edits])} without their betas`] : []),
  ].join("; ");
}

function fieldPath({ in: part, field }: GatedField): string {
  if (part === "request") return field;
  return part === "tool" || part === "message" ? `${part}s[].${field}` : `${part}.${field}`;
}

function inWords({ blocks, systemMessages }: MessagesPlatform): string {
  const said = systemMessages === "native" ? [] : ["system messages, as the user's"];
  return (
    [...said, ...(blocks === undefined ? [] : [`blocks other than ${codes(blocks.inMessages)}`])].join("; ") || "–"
  );
}

const thinking: Readonly<Record<MessagesPlatform["earlierThinking"], string>> = {
  verified: "what Anthropic signed",
  kept: "as it is",
  always: "as it is; a word stands for what a turn with calls has lost",
};

function codes(names: Iterable<string>): string {
  return Array.from(names, (name) => `\`${name}\``).join(", ");
}
