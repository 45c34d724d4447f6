import { defaultDeadlines, Secret } from "@drawbridge/providers";
import { z } from "zod";
import { linkSchema } from "./chain-schema.ts";
import { chatProfileSchema } from "./chat-profile-schema.ts";
import { converseProfileSchema } from "./converse-profile-schema.ts";
import { credentialFields, credentialSchema, optionalSecret, optionalText } from "./credential-schema.ts";
import { duration } from "./duration-schema.ts";
import { geminiProfileSchema } from "./gemini-profile-schema.ts";
import { holdingSchema } from "./holding-schema.ts";
import { keySchema } from "./key-schema.ts";
import { customerSchema, teamSchema, userSchema } from "./level-schema.ts";
import { limitGroup } from "./limits-schema.ts";
import { onAbortSchema } from "./on-abort-schema.ts";
import { parseByteSize } from "./parse-byte-size.ts";
import { pricesSchema } from "./prices-schema.ts";
import { routingSchema } from "./routing-schema.ts";
import { responsesProfileSchema } from "./responses-profile-schema.ts";
import { ruleSchema } from "./rules-schema.ts";
import { searchSchema } from "./search-schema.ts";
import { storageSchema } from "./storage-schema.ts";

function byteSize(): z.ZodType<number> {
  return z
    .unknown()
    .transform((value, context) => {
      const bytes = parseByteSize(value);
      if (bytes !== undefined && bytes >= 1) return bytes;
      context.addIssue({ code: "custom", message: "a size such as 32MB or 500kB" });
      return z.NEVER;
    })
    .meta({ shape: "size" });
}

/** A port as number, or as text, which is what a reference gives. */
function port(): z.ZodType<number> {
  return z
    .unknown()
    .transform((value, context) => {
      const number = typeof value === "string" && /^\d{1,5}$/.test(value) ? Number(value) : value;
      if (Number.isInteger(number) && typeof number === "number" && number >= 0 && number <= 65_535) return number;
      context.addIssue({ code: "custom", message: "a whole number from 0 to 65535 (0 takes a free port)" });
      return z.NEVER;
    })
    .meta({ shape: "port" });
}

const serverSchema = z.strictObject({
  host: z.string().min(1).default("127.0.0.1").meta({
    description: "Address to listen on. Any but a loopback address needs an `adminToken`.",
  }),
  port: port().prefault(8080).meta({ description: "Port to listen on; 0 takes a free one." }),
  adminToken: optionalSecret.exactOptional().meta({
    description: "Token of whoever administers the gateway; `DRAWBRIDGE_ADMIN_TOKEN` when left out.",
  }),
  bodyLimit: byteSize().prefault("32MB").meta({ description: "Greatest size of a request's body." }),
  ping: duration(1).prefault("10s").meta({
    description: "How long a stream may be silent before the client is sent a ping.",
  }),
  notice: duration(0).prefault("5s").meta({
    description:
      "How long requests are still taken after SIGTERM, so that load balancers can notice; not after SIGINT.",
  }),
  drain: duration(0).prefault("10m").meta({
    description: "How long answers in flight may go on after that; then they are cut off with an error.",
  }),
  connectionsPerAddress: z.int().min(1).exactOptional().meta({
    description: "Greatest number of connections from one address; a load balancer in front is one.",
  }),
  trustedProxies: z
    .array(z.string())
    .default([])
    .meta({
      description:
        "Addresses and ranges of proxies before the gateway. Only from these is `x-forwarded-for` believed, which tells " +
        "where a request comes from.",
      shape: "list of addresses",
    }),
});

/** A deadline that may be left out; `fallback` is what the reference says of that. */
function timeout(name: keyof typeof defaultDeadlines, description: string): z.ZodExactOptional<z.ZodType<number>> {
  const optional = duration(1).exactOptional();
  return optional.meta({ description, fallback: `${defaultDeadlines[name] / 1_000}s` });
}

const timeoutsSchema = z
  .strictObject({
    connect: timeout("connectMs", "Until the connection stands."),
    firstByte: timeout(
      "firstByteMs",
      "From the request sent to the head of a streamed answer. `600s` for a server of your own.",
    ),
    whole: timeout("wholeMs", "The same for an answer that is not streamed, whose head comes when all of it is there."),
    idle: timeout("idleMs", "The longest silence of a stream while the model writes."),
    thinking: timeout("thinkingMs", "The same before the first content, and while the model thinks."),
    total: timeout("totalMs", "For the whole call. `3600s` for a server of your own."),
  })
  .transform(({ connect, firstByte, whole, idle, thinking, total }) => ({
    ...(connect !== undefined && { connectMs: connect }),
    ...(firstByte !== undefined && { firstByteMs: firstByte }),
    ...(whole !== undefined && { wholeMs: whole }),
    ...(idle !== undefined && { idleMs: idle }),
    ...(thinking !== undefined && { thinkingMs: thinking }),
    ...(total !== undefined && { totalMs: total }),
  }));

/** One entry of `providers`; what comes out is what `createProvider` takes. */
export const providerSchema = z.strictObject({
  kind: z.string().min(1).exactOptional().meta({
    description: "Which kind of provider this is. May be left out when the provider's name is a kind.",
    shape: "kind",
  }),
  baseUrl: z
    .string()
    .min(1)
    .exactOptional()
    .meta({
      description:
        "Address as the vendor's own SDK takes it: with `/v1` for OpenAI-compatible servers, without for " +
        "Anthropic-compatible ones. Vendors' own addresses are known.",
      shape: "URL",
    }),
  dialect: z
    .enum(["openai-chat", "openai-responses", "anthropic-messages", "gemini", "bedrock-converse"])
    .exactOptional()
    .meta({
      description:
        "Which of the vendor's APIs is used, where it has several; left out, the one in which `baseUrl` ends, or the best.",
    }),
  region: optionalText.exactOptional().meta({
    description:
      "Where the provider computes: part of a cloud's address, elsewhere a word that `keys[].regions` can name.",
  }),
  project: optionalText.exactOptional().meta({ description: "Google Cloud project." }),
  resource: optionalText.exactOptional().meta({ description: "Azure resource, the first part of its host name." }),
  account: optionalText.exactOptional().meta({ description: "Account or workspace, where the address has one." }),
  apiVersion: optionalText.exactOptional().meta({ description: "Version of the API, where the address has one." }),
  ...credentialFields,
  credentials: z.array(credentialSchema).exactOptional().meta({
    description: "Several credentials, instead of one above: a session stays with one as long as that is well.",
    shape: "list of credentials",
  }),
  headers: z
    .record(
      z.string(),
      z.string().transform((value) => new Secret(value)),
    )
    .exactOptional()
    .meta({ description: "Headers sent with every request, over all others.", shape: "name: value" }),
  models: z.array(z.string().min(1)).exactOptional().meta({
    description: "Models served there, beside those that the provider lists itself.",
    shape: "list of names",
  }),
  onAbort: onAbortSchema.exactOptional(),
  timeouts: timeoutsSchema.exactOptional().meta({ description: "How long a call may take." }),
  chat: chatProfileSchema.exactOptional().meta({
    description: "Corrections to what is known of an OpenAI-compatible server.",
  }),
  responses: responsesProfileSchema.exactOptional().meta({
    description: "Corrections to what is known of a server of the Responses API.",
  }),
  gemini: geminiProfileSchema.exactOptional().meta({ description: "Corrections to what is known of Gemini." }),
  converse: converseProfileSchema.exactOptional().meta({
    description: "Corrections to what is known of models behind Amazon Bedrock's Converse.",
  }),
});

/** A provider as the file has it: with the limits on it, which are governance's. */
const limitedProviderSchema = providerSchema.extend({
  limits: limitGroup.exactOptional().meta({
    description: "Limits on what all keys together send there: `{ budgets, rates, parallel, maxTokens, maxCost }`.",
    shape: "limits",
  }),
});

const modelSchema = z.strictObject({
  match: z.string().min(1).meta({
    description: "What a client asks for: a model name, or a glob in which `*` stands for any characters.",
    shape: "name or glob",
  }),
  target: z.string().min(1).exactOptional().meta({
    description: "Where it goes. The model is the provider's own name of it and may contain slashes.",
    shape: "provider/model",
  }),
  targets: z.array(linkSchema).min(1).exactOptional().meta({
    description: "Instead of `target`, a chain: the next is asked when the one before cannot answer.",
  }),
});

/** An entry as routing takes it; that it has one of `target` and `targets` is checked beside the schema. */
const routeSchema = modelSchema.transform(({ match, target, targets }) => ({
  match,
  chain: targets ?? (target === undefined ? [] : [{ targets: [{ target }] }]),
}));

const logSchema = z.strictObject({
  level: z.enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"]).default("info").meta({
    description: "How bad something must be to be logged. Exchanges that went well are `info`.",
  }),
});

/** The whole of `drawbridge.yaml`, references filled in. */
export const configSchema = z.strictObject({
  server: serverSchema.prefault({}).meta({ description: "Where and how the gateway listens." }),
  providers: z.record(z.string(), limitedProviderSchema).default({}).meta({
    description: "Where requests can go. The name is yours; it is the part before the slash in `gpu/qwen3-coder`.",
  }),
  models: z
    .array(routeSchema)
    .default([])
    .meta({
      description:
        "What clients ask for and where it goes: the exact name first, then globs in this order. A name without entry " +
        "is taken as `provider/model`, then offered to each provider.",
    }),
  routing: routingSchema.prefault({}).meta({
    description: "How a request that fails before its first content is taken to another place.",
  }),
  rules: z
    .array(ruleSchema)
    .default([])
    .meta({
      description:
        "What happens to which requests, in order: the first rule that holds and has `route` or `refuse` ends; `tag` and " +
        "`maxTokens` add up. See [rules](rules.md).",
    }),
  customers: z.record(z.string(), customerSchema).default({}).meta({
    description: "Who has teams. A request must pass the limits and rules of its key and of every level above it.",
  }),
  teams: z.record(z.string(), teamSchema).default({}).meta({ description: "Who has users and keys." }),
  users: z.record(z.string(), userSchema).default({}).meta({ description: "Who has keys." }),
  keys: z.array(keySchema).default([]).meta({
    description: "Virtual keys, sent by clients as `x-api-key` or `Authorization: Bearer`.",
  }),
  limits: holdingSchema.prefault({}).meta({
    description:
      "How requests are held in budgets and rates, wherever those are declared; see [governance](governance.md).",
  }),
  prices: pricesSchema.prefault({}).meta({
    description:
      "What models cost and how long they may be, over what is known of them. NAME is `provider/model` or a glob: the " +
      "exact name counts first, then globs in this order. Prices are in USD per million tokens.",
  }),
  search: searchSchema.exactOptional().meta({
    description:
      "Which engine searches the web for models whose provider has no search. Left out, such a model is told that there " +
      "is none.",
  }),
  storage: storageSchema.exactOptional().meta({
    description:
      "Where the gateway keeps keys, limits and accounts that several gateways share; see [storage](storage.md). Left " +
      "out, they stay in `.drawbridge/` on this machine.",
  }),
  log: logSchema.prefault({}).meta({ description: "What is logged." }),
});
