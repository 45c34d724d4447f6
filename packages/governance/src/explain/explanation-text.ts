import type { ShownValue } from "../rules/rule-trace.ts";
import type { ExplainedLimit, ExplainedTarget, Explanation } from "./explanation.ts";

/** An {@link Explanation} for people, in lines. */
export function explanationText(explanation: Explanation): string {
  const { rules, chain, limits, refusals, removedTools } = explanation;
  const [told] = refusals;
  const sections = [
    [whoAndWhat(explanation)],
    section("rules", rules.map(ruleLine)),
    section(
      chain === undefined ? "" : `goes where ${chain.by} leads`,
      (chain?.links ?? []).flatMap(({ order, targets }, index) => linkLines(targets, { index, order })),
    ),
    section("without the tools", removedTools.length === 0 ? [] : [removedTools.join(", ")]),
    section("limits", limits.map(limitLine)),
    [told === undefined ? "It would be sent." : `It would be refused (${told.code}): ${told.reason}`],
    section(
      "and also",
      refusals.slice(1).map(({ code, reason }) => `${code}: ${reason}`),
    ),
  ];
  return `${sections.flatMap((lines) => (lines.length === 0 ? [] : [lines.join("\n")])).join("\n\n")}\n`;
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [title, ...lines.map((line) => `  ${line}`)];
}

function whoAndWhat({ principal, request, atMs }: Explanation): string {
  const { key, user, team, customer, tags } = principal;
  const owners = [
    ["user", user],
    ["team", team],
    ["customer", customer],
  ].flatMap(([level, name]) => (name === undefined ? [] : [`${level} ${name}`]));
  const tagged = Object.entries(tags).map(([name, value]) => `${name}=${value}`);
  const who = [`key ${key}`, ...owners, ...(tagged.length === 0 ? [] : [`tagged ${tagged.join(" ")}`])].join(", ");
  const { model, endpoint, agent, inputTokens, maxTokens, tools } = request;
  const most = maxTokens === undefined ? "" : `, ${maxTokens} out at most`;
  const size = `about ${inputTokens} tokens in${most}, ${tools} tool${tools === 1 ? "" : "s"}`;
  return `${who}\nasks for ${model} (${endpoint}, ${agent}; ${size}) at ${new Date(atMs).toISOString()}`;
}

const signs = { held: "+", "not-held": "-", failed: "!", unreached: " " } as const;

function ruleLine({ rule, when, outcome, values, does, reason }: Explanation["rules"][number]): string {
  const said = {
    held: `holds, ${does.join(", ")}`,
    "not-held": "does not hold",
    failed: `makes no sense here (${reason ?? ""}), so it does not hold`,
    unreached: "not asked any more",
  }[outcome];
  const seen = values.map(({ text, value }) => `${text} is ${shown(value)}`).join(", ");
  const condition = when === undefined ? "" : `\n      when ${when.replaceAll(/\s+/gu, " ")}`;
  return `${signs[outcome]} ${rule}: ${said}${condition}${seen === "" ? "" : `\n      ${seen}`}`;
}

function shown(value: ShownValue): string {
  return JSON.stringify(value);
}

function linkLines(
  targets: readonly ExplainedTarget[],
  { index, order }: { readonly index: number; readonly order: string },
): readonly string[] {
  const open = targets.filter(({ refused, noRoom }) => refused === undefined && noRoom === undefined);
  const equals = open.length > 1;
  const names = open.map(({ target, weight, maxTokens }) => {
    const weighted = equals && order === "weight" ? `${target} (weight ${weight})` : target;
    return maxTokens === undefined ? weighted : `${weighted} (${maxTokens} tokens out at most there)`;
  });
  const one = equals ? `one of ${names.join(", ")}${order === "weight" ? "" : `, by ${order}`}` : names.join("");
  const closed = targets.flatMap(({ target, refused, noRoom }) => {
    if (noRoom !== undefined) return [`passes over ${target} now: ${noRoom}`];
    return refused === undefined ? [] : [`not ${target}: ${refused}`];
  });
  const [first = "", ...rest] = one === "" ? closed : [one, ...closed];
  return [`${index + 1}. ${first}`, ...rest.map((line) => `   ${line}`)];
}

function limitLine({ scope, limit, amount, used, held, needed, refused }: ExplainedLimit): string {
  const percent = amount === 0 ? 100 : Math.floor((used / amount) * 100);
  const running =
    held === 0 ? "" : `, ${amount === 0 ? 0 : Math.ceil((held / amount) * 100)} % held by running requests`;
  const wanted = needed === undefined ? "" : `; this request would hold ${needed}`;
  return `${scope}: ${limit}, ${percent} % used${running}${wanted}${refused === undefined ? "" : ", for which there is no room"}`;
}
