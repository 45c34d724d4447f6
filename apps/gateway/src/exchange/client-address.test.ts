import { parseAddressRange } from "@drawbridge/governance";
import { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import { expect, test } from "vitest";
import { clientAddress } from "./client-address.ts";

function addressOf(
  peer: string | undefined,
  forwarded: string | undefined,
  trusted: readonly string[],
): string | undefined {
  const socket = new Socket();
  Object.defineProperty(socket, "remoteAddress", { value: peer });
  const incoming = new IncomingMessage(socket);
  if (forwarded !== undefined) incoming.headers["x-forwarded-for"] = forwarded;
  const ranges = trusted.map((text) => {
    const range = parseAddressRange(text);
    if (typeof range === "string") throw new Error(range);
    return range;
  });
  return clientAddress(incoming, ranges);
}

const proxies = ["10.0.0.0/8", "::1"];

test.each([
  { peer: "192.0.2.1", forwarded: "198.51.100.7", trusted: [], told: "192.0.2.1" },
  { peer: "192.0.2.1", forwarded: "198.51.100.7", trusted: proxies, told: "192.0.2.1" },
  { peer: "10.0.0.1", forwarded: "198.51.100.7", trusted: proxies, told: "198.51.100.7" },
  { peer: "::ffff:10.0.0.1", forwarded: "198.51.100.7", trusted: proxies, told: "198.51.100.7" },
  { peer: "10.0.0.1", forwarded: "10.1.1.1, 198.51.100.7, 10.0.0.2", trusted: proxies, told: "198.51.100.7" },
  { peer: "::1", forwarded: "203.0.113.9, 198.51.100.7:4711", trusted: proxies, told: "198.51.100.7" },
  { peer: "::1", forwarded: "[2001:db8::1]:443", trusted: proxies, told: "2001:db8::1" },
  { peer: "10.0.0.1", forwarded: "198.51.100.7, unknown", trusted: proxies, told: "unknown" },
  { peer: "10.0.0.1", forwarded: "10.0.0.2", trusted: proxies, told: undefined },
  { peer: "10.0.0.1", forwarded: undefined, trusted: proxies, told: undefined },
  { peer: undefined, forwarded: "198.51.100.7", trusted: proxies, told: undefined },
])("a request from $peer for $forwarded comes from $told", ({ peer, forwarded, trusted, told }) => {
  expect(addressOf(peer, forwarded, trusted)).toBe(told);
});
