import { oneOf } from "../../json/problem.ts";

/** Accepts the efforts of OpenAI's APIs. Source: `ReasoningEffort` in openai-node. */
export const anEffort = oneOf("none", "minimal", "low", "medium", "high", "xhigh", "max");
