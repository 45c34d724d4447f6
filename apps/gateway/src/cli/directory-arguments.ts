import { parseArgs } from "node:util";
import type { EntryKind } from "@drawbridge/governance";
import { parseDuration } from "../config/parse-duration.ts";
import { parseYaml } from "../config/parse-yaml.ts";

/** Settings of something governed, as `drawbridge.yaml` has them. */
export type Settings = Readonly<Record<string, unknown>>;

/** What can be done with an entry. */
export type DirectoryVerb = "list" | "show" | "create" | "update" | "remove" | "rotate" | "revoke";

/** What is asked about what is governed. */
export interface DirectoryArguments {
  readonly config?: string;
  readonly kind: EntryKind | "audit";
  readonly verb: DirectoryVerb;
  /** Empty where all are meant. */
  readonly name: string;
  readonly settings: Settings;
  /** Settings that are taken away. */
  readonly unset: readonly string[];
  /** How long the value before a rotation is taken. */
  readonly overlapMs: number;
  /** The last audit entry that is known already. */
  readonly afterSeq: number;
  readonly actor?: string;
  readonly json: boolean;
}

/** The first word of the command line, and what it is about. */
export const directorySections: Readonly<Record<string, DirectoryArguments["kind"]>> = {
  customers: "customer",
  teams: "team",
  users: "user",
  keys: "key",
  providers: "provider",
  rules: "rule",
  audit: "audit",
};

/** Printed by `keys --help` and the like. */
export const directoryUsage = `Usage: drawbridge SECTION list
       drawbridge SECTION show|create|update|remove NAME [options]
       drawbridge keys revoke|rotate NAME [options]
       drawbridge audit [--after NUMBER]

Shows and changes what is governed beside the configuration file, where the configuration's storage keeps it: in PostgreSQL,
or in .drawbridge while no gateway runs there. Gateways that run with PostgreSQL follow within a second. SECTION is one of
customers, teams, users, keys, providers (their limits) and rules. What the file declares can be shown, and is changed there.

  --config FILE        configuration (default: drawbridge.yaml in this directory; or DRAWBRIDGE_CONFIG)
  --user, --team, --customer NAME
                       what it belongs to
  --budget USD/PERIOD  such as 500/month or "20/24h rolling"; may be given several times
  --expires TIME       from when on a key is refused, such as 2027-01-31 or 2027-01-31T18:00:00Z
  --address RANGE      where requests must come from, such as 10.0.0.0/8; may be given several times
  --tag NAME=VALUE     for accounts and rules; may be given several times
  --set YAML           any settings, as they stand in the file: '{ rates: [{ requests: 60, per: minute }], parallel: 4 }'
  --unset SETTING      takes a setting away; may be given several times (update)
  --overlap DURATION   how long the value before a rotation is still taken, such as 90m (default: 24h)
  --after NUMBER       audit entries behind this one
  --actor NAME         who does it, for the audit (default: this account and machine)
  --json               prints plain data

An update leaves alone what it does not name: of limits too, where budgets are one setting and rates another.
The value of a key is printed once, when it is created or rotated; only its hash is kept.
`;

const text = { type: "string" } as const;
const texts = { type: "string", multiple: true, default: [] as string[] } as const;
const dayMs = 86_400_000;

/** Reads the command line from its section on. Throws a TypeError whose message names the argument that is wrong. */
export function directoryArguments(argv: readonly string[]): DirectoryArguments {
  const { values, positionals } = parseArgs({
    args: argv.slice(1),
    allowPositionals: true,
    options: {
      config: text,
      user: text,
      team: text,
      customer: text,
      expires: text,
      budget: texts,
      address: texts,
      tag: texts,
      set: texts,
      unset: texts,
      overlap: text,
      after: text,
      actor: text,
      json: { type: "boolean", default: false },
    },
  });
  const section = argv[0] ?? "";
  const kind = directorySections[section];
  if (kind === undefined) throw new TypeError(`"${section}" is no section; see --help`);
  const { config, actor, unset, json } = values;
  return {
    ...(config !== undefined && { config }),
    ...(actor !== undefined && { actor }),
    ...commandIn(section, kind, positionals),
    settings: settingsIn(values),
    unset,
    overlapMs: values.overlap === undefined ? dayMs : overlapIn(values.overlap),
    afterSeq: values.after === undefined ? 0 : numberIn(values.after),
    json,
  };
}

function commandIn(
  section: string,
  kind: DirectoryArguments["kind"],
  [word = "list", name = "", more]: readonly string[],
): Pick<DirectoryArguments, "kind" | "verb" | "name"> {
  const verb = verbsOf(kind).find((one) => one === word);
  if (verb === undefined) throw new TypeError(`${section}: "${word}" is none of ${verbsOf(kind).join(", ")}`);
  if (more !== undefined) throw new TypeError(`${section} ${verb}: "${more}" is one name too many`);
  if (verb !== "list" && name === "") throw new TypeError(`${section} ${verb}: say the name`);
  if (verb === "list" && name !== "") throw new TypeError(`${section} list: takes no name; ${section} show ${name}`);
  return { kind, verb, name };
}

function verbsOf(kind: DirectoryArguments["kind"]): readonly DirectoryVerb[] {
  if (kind === "audit") return ["list"];
  const all = ["list", "show", "create", "update", "remove"] as const;
  return kind === "key" ? [...all, "rotate", "revoke"] : all;
}

interface Given {
  readonly user?: string | undefined;
  readonly team?: string | undefined;
  readonly customer?: string | undefined;
  readonly expires?: string | undefined;
  readonly budget: readonly string[];
  readonly address: readonly string[];
  readonly tag: readonly string[];
  readonly set: readonly string[];
}

function settingsIn({ user, team, customer, expires, budget, address, tag, set }: Given): Settings {
  return {
    ...(user !== undefined && { user }),
    ...(team !== undefined && { team }),
    ...(customer !== undefined && { customer }),
    ...(expires !== undefined && { expires }),
    ...(budget.length > 0 && { budgets: budget.map(budgetIn) }),
    ...(address.length > 0 && { addresses: address }),
    ...(tag.length > 0 && { tags: Object.fromEntries(tag.map(tagIn)) }),
    ...Object.assign({}, ...set.map(yamlIn)),
  };
}

function budgetIn(given: string): Settings {
  const [, usd, per] = /^([^/]+)\/(.+)$/su.exec(given) ?? [];
  if (usd === undefined || per === undefined)
    throw new TypeError(`--budget: "${given}" is none; give one such as 500/month`);
  return { usd: usd.trim(), per: per.trim() };
}

function tagIn(given: string): [name: string, value: string] {
  const [, name, value] = /^([^=]+)=(.*)$/su.exec(given) ?? [];
  if (name === undefined || value === undefined)
    throw new TypeError(`--tag: "${given}" is none; give one such as project=x`);
  return [name, value];
}

function yamlIn(given: string): Settings {
  const parsed = parseYaml(given);
  const why = parsed.ok ? "wanted settings such as { parallel: 4 }" : (parsed.problems[0]?.message ?? "");
  const value = parsed.ok ? parsed.yaml.value : undefined;
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new TypeError(`--set: ${why}`);
  return Object.fromEntries(Object.entries(value));
}

function overlapIn(given: string): number {
  const ms = parseDuration(given);
  if (ms === undefined) throw new TypeError(`--overlap: "${given}" is no duration; give one such as 90m, or 0`);
  return ms;
}

function numberIn(given: string): number {
  if (/^\d{1,15}$/u.test(given)) return Number(given);
  throw new TypeError(`--after: "${given}" is no number of an audit entry`);
}
