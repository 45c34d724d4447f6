import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  type FakeDialect,
  type FakeProvider,
  type FakeProviderOptions,
  startFakeProvider,
} from "@drawbridge/providers/testing";
import { type GatewayHere, startGatewayHere } from "./gateway-here.ts";
import { type ClaudeOutcome, type ClaudeRun, runClaude } from "./run-claude.ts";

/** Virtual key of the developer in these scenarios. */
export const aliceKey = "db-scenario-alice-5f0c9a1e7b3d4c28a6e1";
/** What the gateway shows the upstream instead. */
export const upstreamKey = "sk-upstream-0c44";

/** A developer's scratch folder, a gateway and a scripted model behind it. */
export interface Scenario extends AsyncDisposable {
  readonly upstream: FakeProvider;
  readonly gateway: GatewayHere;
  readonly cwd: string;
  /** Path of a file in the scratch folder. */
  file(name: string): string;
  /** Runs the real Claude Code in the scratch folder, with alice's key. */
  claude(prompt: string, run?: Partial<Omit<ClaudeRun, "prompt">>): Promise<ClaudeOutcome>;
}

export interface ScenarioOptions extends Partial<FakeProviderOptions> {
  readonly script: FakeProviderOptions["script"];
  /** Files of the scratch folder, before the client starts. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  /** Settings of the one provider, over those of a chat completions server. */
  readonly provider?: Readonly<Record<string, unknown>> & { readonly kind?: FakeDialect };
  /** Replaces parts of the gateway's configuration. */
  readonly config?: Readonly<Record<string, unknown>>;
}

/** Opens a scenario; leaving its scope closes everything and removes the folder. */
export async function openScenario(scenario: ScenarioOptions): Promise<Scenario> {
  const { files = {}, provider, config, ...options } = scenario;
  const cwd = await mkdtemp(path.join(tmpdir(), "drawbridge-scenario-"));
  const file = (name: string): string => path.join(cwd, name);
  for (const [name, content] of Object.entries(files)) await writeFile(file(name), content);
  const upstream = await startFakeProvider({ apiKey: upstreamKey, models: ["qwen3-coder"], ...options });
  const gateway = await startGatewayHere({ ...configFor(upstream, provider), ...config });
  return {
    upstream,
    gateway,
    cwd,
    file,
    claude: (prompt, run) => runClaude({ gatewayUrl: gateway.url, key: aliceKey, cwd, ...run, prompt }),
    async [Symbol.asyncDispose]() {
      await gateway.close();
      await upstream.close();
      await rm(cwd, { recursive: true, force: true });
    },
  };
}

/** A server that speaks chat completions, under all names that the client asks for by itself. */
function configFor(upstream: FakeProvider, provider: ScenarioOptions["provider"]): Readonly<Record<string, unknown>> {
  const baseUrl = upstream.baseUrlFor(provider?.kind ?? "openai-chat");
  return {
    providers: { gpu: { kind: "openai-chat", baseUrl, apiKey: upstreamKey, ...provider } },
    models: [{ match: "claude-*", target: "gpu/qwen3-coder" }],
    keys: [{ name: "alice", value: aliceKey }],
  };
}
