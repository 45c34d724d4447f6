/** What a start has to tell the person who started it. */
export interface Start {
  /** Where the gateway listens, e.g. `http://127.0.0.1:8080`. */
  readonly url: string;
  /** Where the configuration came from, or undefined without one. */
  readonly configPath: string | undefined;
  readonly providers: readonly StartedProvider[];
  readonly key: StartKey;
}

export interface StartedProvider {
  readonly name: string;
  /** How it came to be there: a variable, an address, the configuration. */
  readonly source: string;
}

/** The virtual key to show: one just minted, one minted at an earlier start, or those of the configuration. */
export type StartKey =
  | { readonly kind: "minted"; readonly name: string; readonly value: string }
  | { readonly kind: "earlier"; readonly place: string }
  | { readonly kind: "configured"; readonly names: readonly string[] };

/** The text printed once the gateway listens: where it is, what it reaches, and how to connect Claude Code. */
export function welcome(start: Start): string {
  const baseUrl = `${start.url}/anthropic`;
  const token = start.key.kind === "minted" ? start.key.value : "<your virtual key>";
  const settings = { env: { ANTHROPIC_BASE_URL: baseUrl, ANTHROPIC_AUTH_TOKEN: token } };
  return [
    "",
    `Drawbridge listens on ${start.url}`,
    "",
    `  configuration  ${start.configPath ?? "none (found by itself; write a drawbridge.yaml to decide)"}`,
    ...start.providers.map(
      ({ name, source }, at) => `  ${at === 0 ? "providers     " : "              "} ${name}: ${source}`,
    ),
    `  virtual key    ${keyLine(start.key)}`,
    "",
    "Connect Claude Code: put this into ~/.claude/settings.json",
    "",
    JSON.stringify(settings, undefined, 2),
    "",
    "or try it at once:",
    "",
    `  ANTHROPIC_BASE_URL=${baseUrl} ANTHROPIC_AUTH_TOKEN=${token.startsWith("<") ? `'${token}'` : token} claude`,
    "",
    "",
  ].join("\n");
}

function keyLine(key: StartKey): string {
  switch (key.kind) {
    case "minted":
      return `${key.value}  ("${key.name}"; shown this once, only its hash is kept)`;
    case "earlier":
      return `the one shown at an earlier start (its hash is kept ${key.place}); lost it? start with --new-key`;
    case "configured":
      return `as configured: ${key.names.join(", ")}`;
  }
}
