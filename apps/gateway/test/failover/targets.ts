import { type Answer, type FakeProvider, type SeenRequest, startFakeProvider } from "@drawbridge/providers/testing";
import { type GatewayHere, startGatewayHere } from "../support/gateway-here.ts";
import { ask, post, type Posted } from "../support/post.ts";
import { aliceKey } from "../support/scenario.ts";

/** Several fake providers behind one gateway, by the names that its configuration has for them. */
export interface Targets<Name extends string> extends AsyncDisposable {
  readonly gateway: GatewayHere;
  readonly fakes: Readonly<Record<Name, FakeProvider>>;
  /** What each of them answers from now on; its own name when missing. */
  readonly answers: Partial<Record<Name, Answer | ((request: SeenRequest) => Answer)>>;
  /** Asks in Claude Code's dialect, in a session. */
  ask(
    session?: string,
    more?: { readonly stream?: boolean; readonly key?: string; readonly model?: string },
  ): Promise<Posted>;
}

/** How the targets are configured; each provider speaks Messages and has one credential unless `providers` says else. */
interface TargetOptions<Name extends string> {
  readonly names: readonly Name[];
  readonly providers?: Partial<Record<Name, object>>;
  /** Entries of `targets` of the only model; the names in order when missing. */
  readonly targets?: readonly unknown[];
  readonly config?: object;
}

/** The configuration's part that only start-up knows. */
function configOf<Name extends string>(
  { names, providers = {}, targets, config }: TargetOptions<Name>,
  fakes: Readonly<Record<Name, FakeProvider>>,
): object {
  const settings = names.map((name): [string, object] => {
    const own: object | undefined = providers[name];
    const key = own !== undefined && "credentials" in own ? {} : { apiKey: `sk-${name}-0123456789` };
    return [name, { kind: "anthropic-messages", baseUrl: fakes[name].url, ...key, ...own }];
  });
  return {
    providers: Object.fromEntries(settings),
    models: [{ match: "claude-*", targets: targets ?? names.map((name) => `${name}/big`) }],
    keys: [{ name: "alice", value: aliceKey }],
    ...config,
  };
}

/** Starts the fakes and the gateway; leaving its scope closes everything. */
export async function openTargets<Name extends string>(options: TargetOptions<Name>): Promise<Targets<Name>> {
  const answers: Partial<Record<Name, Answer | ((request: SeenRequest) => Answer)>> = {};
  const started = options.names.map(async (name): Promise<[Name, FakeProvider]> => {
    const script = (request: SeenRequest): Answer => {
      const answer = answers[name] ?? { text: name };
      return typeof answer === "function" ? answer(request) : answer;
    };
    return [name, await startFakeProvider({ script, models: ["big"] })];
  });
  const fakes = Object.fromEntries(await Promise.all(started)) as Record<Name, FakeProvider>;
  const gateway = await startGatewayHere(configOf(options, fakes));
  return {
    gateway,
    fakes,
    answers,
    ask: (session, { stream = true, key = aliceKey, model = "claude-sonnet-4-6" } = {}) => {
      const headers = session === undefined ? {} : { "x-claude-code-session-id": session };
      return post(gateway.url, ask(stream, { model }), { key, headers });
    },
    async [Symbol.asyncDispose]() {
      await gateway.close();
      await Promise.all(Object.values<FakeProvider>(fakes).map((fake) => fake.close()));
    },
  };
}

/** The credentials with which a provider was asked, one for each call. */
export function keysSeen({ calls }: FakeProvider): string[] {
  return calls.map(({ headers }) => headers["x-api-key"] ?? "");
}
