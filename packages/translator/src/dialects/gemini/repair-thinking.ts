import { isRecord } from "../../json/is-record.ts";

type Body = Readonly<Record<string, unknown>>;

const levels = ["MINIMAL", "LOW", "MEDIUM", "HIGH"] as const;
/** What a level is in tokens. Source: ai.google.dev, "OpenAI compatibility". */
const budgets: Readonly<Record<(typeof levels)[number], number>> = {
  MINIMAL: 1_024,
  LOW: 1_024,
  MEDIUM: 8_192,
  HIGH: 24_576,
};

/** Tells the model in another way how much to think: another value, the other form, or, for want of better, not at all. */
export function otherThinking(request: Body, message: string): Body | undefined {
  const config = request["generationConfig"];
  const thinking = isRecord(config) ? config["thinkingConfig"] : undefined;
  if (!isRecord(config) || !isRecord(thinking)) return undefined;
  const { thinkingBudget: budget, thinkingLevel, ...rest } = thinking;
  const level = levels.find((known) => known === thinkingLevel);
  if (typeof budget !== "number" && level === undefined) return undefined;
  const other = level === undefined ? otherBudget(Number(budget), message) : otherLevel(level, message);
  const changed = { ...rest, ...other };
  const { thinkingConfig: _, ...others } = config;
  const kept = Object.keys(changed).length === 0 ? others : { ...others, thinkingConfig: changed };
  return { ...request, generationConfig: kept };
}

/** "Thinking level MINIMAL is not supported for this model." asks for another level; without its name, for no level at all. */
function otherLevel(level: (typeof levels)[number], message: string): Body {
  if (!new RegExp(`\\b${level}\\b`, "i").test(message)) return { thinkingBudget: budgets[level] };
  const next = level === "MINIMAL" ? "LOW" : level === "LOW" ? "MEDIUM" : "HIGH";
  return level === "HIGH" ? {} : { thinkingLevel: next };
}

/** "The thinking budget N is invalid. Please choose a value between A and B." */
function otherBudget(budget: number, message: string): Body {
  const range = /between (\d+) and (\d+)/i.exec(message);
  if (range !== null) return { thinkingBudget: Math.min(Math.max(budget, Number(range[1])), Number(range[2])) };
  const unknown = /budget is not supported|not support thinking.?budget|use thinking.?level/i.test(message);
  if (!unknown) return {};
  return { thinkingLevel: budget >= 0 && budget < 4_096 ? "LOW" : budget >= 0 && budget < 16_384 ? "MEDIUM" : "HIGH" };
}
