import { createServer as createTcpServer, type Server } from "node:net";
import type { AddressInfo } from "node:net";
import { type Answer, type FakeDialect, type FakeProvider, startFakeProvider } from "@drawbridge/providers/testing";
import { type GatewayHere, startGatewayHere } from "../support/gateway-here.ts";
import { aliceKey } from "../support/scenario.ts";
import { type ClientName, type Heard, hear } from "./clients.ts";
import type { BadPorts, FaultClass } from "./fault-classes.ts";

/** What the failing target says; none of it may reach a client before content. */
export const leaked =
  "LEAK of the failing target, word by word, with ümläuts, so that there are several events of it. ";
/** What the next target says. */
export const rescued = "The second target answers in its place, word by word.";

/** One way of asking, of a target that fails in one way. */
export interface Case {
  /** Name of the model asked for, unique. */
  readonly model: string;
  readonly faultClass: FaultClass;
  readonly client: ClientName;
  readonly stream: boolean;
  readonly upstream: FakeDialect;
}

/** A gateway whose every model goes to a failing target first, with one provider for each, and to a good one then. */
export interface Scene {
  readonly gateway: GatewayHere;
  ask(one: Case): Promise<Heard>;
  /** How often the failing and the good target of a case were asked. */
  callsOf(one: Case): readonly [bad: number, good: number];
  close(): Promise<void>;
}

/** Short where silence is the fault; elsewhere a busy machine must not make one of it. */
function deadlinesFor({ fault }: FaultClass): object {
  const told = JSON.stringify(fault ?? "");
  if (!/silence|heartbeats/.test(told)) return { connect: "15s" };
  // Such a stream has begun before it falls silent.
  const hasBegun = /"afterEvents":[2-9]/.test(told);
  return { firstByte: hasBegun ? "15s" : "900ms", whole: "900ms", idle: "900ms", thinking: "900ms" };
}

export async function openScene(cases: readonly Case[]): Promise<Scene> {
  const faults = new Map(cases.map(({ model, faultClass }) => [`bad-${model}`, faultClass.fault]));
  const script = ({ model }: { readonly model: string }): Answer => {
    const fault = faults.get(model);
    if (model.startsWith("good-")) return { text: rescued };
    return { text: leaked.repeat(3), ...(fault === undefined ? {} : { fault }) };
  };
  const [fake, bad] = await Promise.all([startFakeProvider({ script, models: [] }), openBadPorts()]);
  const plain = Number(new URL(fake.url).port);
  const gateway = await startGatewayHere(configOf(cases, fake, { ...bad.ports, plain }));
  const asked = (model: string): number => fake.calls.filter((call) => call.model === model).length;
  return {
    gateway,
    ask: ({ client, model, stream }) => hear(gateway.url, client, { model, stream }),
    callsOf: ({ model }) => [asked(`bad-${model}`), asked(`good-${model}`)],
    async close() {
      await gateway.close();
      await Promise.all([fake.close(), bad.close()]);
    },
  };
}

function configOf(cases: readonly Case[], fake: FakeProvider, ports: BadPorts): object {
  const providers = cases.map(({ model, faultClass, upstream }) => {
    const { baseUrl = () => fake.baseUrlFor(upstream) } = faultClass;
    const cloud = upstream === "bedrock-converse" ? { region: "us-east-1" } : {};
    return [
      model,
      {
        kind: upstream,
        baseUrl: baseUrl(ports),
        apiKey: "sk-bad-0123456789",
        timeouts: deadlinesFor(faultClass),
        ...cloud,
      },
    ];
  });
  return {
    providers: {
      ...Object.fromEntries(providers),
      chat: { kind: "openai-chat", baseUrl: fake.openaiBaseUrl, apiKey: "sk-good-0123456789" },
      anthropic: { kind: "anthropic-messages", baseUrl: fake.url, apiKey: "sk-good-0123456789" },
    },
    models: cases.map(({ model, upstream }) => ({
      match: model,
      targets: [`${model}/bad-${model}`, `${upstream === "openai-chat" ? "anthropic" : "chat"}/good-${model}`],
    })),
    keys: [{ name: "alice", value: aliceKey }],
  };
}

async function openBadPorts(): Promise<{ readonly ports: Omit<BadPorts, "plain">; close(): Promise<void> }> {
  const servers = [
    createTcpServer(),
    createTcpServer((socket) =>
      socket
        .on("error", () => undefined)
        .resume()
        .end(),
    ),
    createTcpServer((socket) =>
      socket
        .on("error", () => undefined)
        .resume()
        .end("220 mail.example ESMTP\r\n"),
    ),
  ];
  const [closed = 0, closing = 0, greeting = 0] = await Promise.all(servers.map(listen));
  await close(servers[0]);
  return {
    ports: { closed, closing, greeting },
    close: async () => void (await Promise.all(servers.slice(1).map(close))),
  };
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

function close(server: Server | undefined): Promise<void> {
  return new Promise((resolve) => server?.close(() => resolve()) ?? resolve());
}
