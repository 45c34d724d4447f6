import { parseArgs } from "node:util";

/** What a dry run is asked. */
export interface ExplainArguments {
  readonly config?: string;
  /** The name of the key that asks; may be left out where there is one. */
  readonly key?: string;
  readonly request?: string;
  readonly model?: string;
  readonly endpoint: DryEndpoint;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  /** How much of each budget counts as used, from 0 on; what is stored when it is left out. */
  readonly used: number | undefined;
  readonly atMs: number | undefined;
  /** Leaves out what is stored. */
  readonly fileOnly: boolean;
  readonly json: boolean;
}

/** The endpoints whose requests can be tried. */
const dryEndpoints = ["messages", "count_tokens", "chat", "responses"] as const;

/** One of the endpoints whose requests can be tried. */
export type DryEndpoint = (typeof dryEndpoints)[number];

/** Printed by `explain --help`. */
export const explainUsage = `Usage: drawbridge explain [options]

Says what would become of a request and why: which rules hold and what they looked at, where it would go, and what stands
in its way. Reads the configuration and what is stored, in .drawbridge or where storage says; changes nothing.

  --config FILE     configuration (default: drawbridge.yaml in this directory; or DRAWBRIDGE_CONFIG)
  --key NAME        whose key asks; may be left out where there is only one
  --request FILE    body of the request, JSON (default: a short one)
  --model NAME      model that it asks for (default: what the request says)
  --endpoint NAME   ${dryEndpoints.join(", ")} (default: messages)
  --header H        a header of the request, "name: value"; may be given several times
  --used PERCENT    how much of each budget counts as used (default: what is stored, or 0)
  --at TIME         when, such as 2026-12-24T18:00:00+01:00 (default: now); nothing is used then, but for --used
  --file-only       reads the configuration alone and asks nobody
  --json            prints plain data
`;

/** Reads the command line behind `explain`. Throws a TypeError whose message names the argument that is wrong. */
export function explainArguments(argv: readonly string[]): ExplainArguments {
  const text = { type: "string" } as const;
  const { values } = parseArgs({
    args: [...argv],
    options: {
      config: text,
      key: text,
      request: text,
      model: text,
      endpoint: text,
      header: { ...text, multiple: true, default: [] },
      used: text,
      at: text,
      "file-only": { type: "boolean", default: false },
      json: { type: "boolean", default: false },
    },
  });
  const { config, key, request, model, header, json } = values;
  return {
    ...(config !== undefined && { config }),
    ...(key !== undefined && { key }),
    ...(request !== undefined && { request }),
    ...(model !== undefined && { model }),
    endpoint: endpointIn(values.endpoint),
    headers: Object.fromEntries(header.map(headerIn)),
    used: values.used === undefined ? undefined : shareIn(values.used),
    atMs: values.at === undefined ? undefined : instantIn(values.at),
    fileOnly: values["file-only"],
    json,
  };
}

function endpointIn(text = "messages"): DryEndpoint {
  const endpoint = dryEndpoints.find((one) => one === text);
  if (endpoint !== undefined) return endpoint;
  throw new TypeError(`--endpoint: "${text}" is none; give one of ${dryEndpoints.join(", ")}`);
}

function headerIn(text: string): [name: string, value: string] {
  const [, name, value] = /^\s*([^\s:]+)\s*:\s*(.*?)\s*$/su.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new TypeError(`--header: "${text}" is none; give "name: value"`);
  return [name.toLowerCase(), value];
}

function shareIn(text: string): number {
  const [, percent] = /^(\d{1,4}(?:\.\d+)?)\s*%?$/u.exec(text.trim()) ?? [];
  if (percent === undefined) throw new TypeError(`--used: "${text}" is not possible; give percent, such as 85`);
  return Number(percent) / 100;
}

function instantIn(text: string): number {
  const atMs = Date.parse(text);
  if (Number.isFinite(atMs)) return atMs;
  throw new TypeError(`--at: "${text}" is no time; give one such as 2026-12-24T18:00:00+01:00`);
}
