import type { LookupOptions } from "node:dns";
import { expect, test } from "vitest";
import { isProviderError } from "../errors.ts";
import { readBody } from "../read-body.ts";
import { Loopback, post } from "../test/loopback.ts";
import { guardedLookup } from "./guarded-lookup.ts";
import { networkFailure } from "./network-failure.ts";
import { undiciTransport } from "./undici-transport.ts";

/** Where a name leads; "refused" for nowhere, or the system's error. */
async function found(hostname: string, options: LookupOptions): Promise<unknown> {
  return await new Promise((resolve) => {
    guardedLookup(hostname, options, (error, address) =>
      resolve(isProviderError(error) ? "refused" : (error?.code ?? address)),
    );
  });
}

// The system's resolver gives addresses as they are, so that these stand for names that lead there.
test.each([
  "169.254.169.254",
  "169.254.170.2",
  "100.100.100.200",
  "fd00:ec2::254",
  "fe80::1",
  "::ffff:169.254.169.254",
])("a name that leads to %s is refused, however it is asked for", async (address) => {
  expect(await found(address, {})).toBe("refused");
  expect(await found(address, { all: true })).toBe("refused");
});

test("other names lead where they lead", async () => {
  expect(await found("10.0.0.5", {})).toBe("10.0.0.5");
  expect(await found("::1", { all: true })).toEqual([{ address: "::1", family: 6 }]);
  expect(await found("nobody.invalid", {})).toMatch(/^E(?:NOTFOUND|AI_AGAIN)$/);
});

test("the refusal is a failure that names the host and the setting", async () => {
  const error = await new Promise((resolve) => guardedLookup("169.254.169.254", {}, resolve));
  const deadlines = { connectMs: 1, firstByteMs: 1, idleMs: 1, totalMs: 1 };
  expect(networkFailure(error, { origin: "http://inside.example", phase: "connecting", deadlines })).toEqual({
    kind: "unreachable",
    message: "169.254.169.254 leads to the metadata service of a cloud, which never serves models; check the base URL",
  });
});

test("a call finds its server by name, whichever of its addresses answers", async () => {
  const loopback = new Loopback();
  const origin = await loopback.http((_, response) => void response.end("here"));
  const transport = undiciTransport();
  loopback.onClose(() => transport.close());
  const call = post(origin.replace("127.0.0.1", "localhost"));
  const reply = await transport.send(call, new AbortController().signal);
  expect(new TextDecoder().decode(await readBody(reply.body, 100))).toBe("here");
  await loopback.close();
});
