/**
 * Where gateways are killed: after each step of a request after which something else is left behind. What a store is told is
 * seen in the gateway itself, the rest by the provider and the client.
 */
export const crashPoints = [
  { name: "before it is held", by: "store" },
  { name: "held", by: "store" },
  { name: "about to be in the account", by: "store" },
  { name: "received by the provider", by: "provider" },
  { name: "head sent by the provider", by: "provider" },
  { name: "first content", by: "client" },
  { name: "told how far it is", by: "store" },
  { name: "end about to be in the account", by: "store" },
  { name: "end in the account", by: "store" },
  { name: "last event", by: "client" },
  { name: "settled", by: "store" },
  { name: "all written", by: "store" },
] as const;

/** One of these places. */
export type CrashPoint = (typeof crashPoints)[number];

/** Their names. */
export type CrashPointName = CrashPoint["name"];
