import type { MessagesPlatform } from "../platform.ts";
import { bedrockInvoke } from "./bedrock-invoke.ts";

const { bodyVersion: _inTheHeader, betas, ...rules } = bedrockInvoke;

/**
 * Claude behind Amazon Bedrock's own address of the Messages API: its paths, events and headers, and betas in a header.
 * Source: AWS, "Inference using Anthropic Messages API". What it takes beyond InvokeModel is not told, so it is given the same.
 */
export const bedrockMessages: MessagesPlatform = {
  ...rules,
  title: "Amazon Bedrock's Messages API",
  api: "messages",
  ...(betas !== undefined && { betas: { ...betas, in: "header" } }),
};
