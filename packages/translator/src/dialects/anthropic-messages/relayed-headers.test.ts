import { expect, test } from "vitest";
import { azureFoundry, bedrockInvoke, messagesOn } from "./index.ts";
import { relayedHeaders } from "./relayed-headers.ts";

test("a provider's limits, its advice and its id of the request are for the client, and who pays is not", () => {
  expect(
    relayedHeaders({
      "anthropic-ratelimit-unified-status": "allowed",
      "anthropic-ratelimit-requests-reset": "2026-11-29T00:00:00Z",
      "anthropic-organization-id": "org",
      "x-should-retry": "true",
      "request-id": "req_1",
      "content-type": "application/json",
      "set-cookie": "a=1",
      "anthropic-absent": undefined,
    }),
  ).toEqual({
    "anthropic-ratelimit-unified-status": "allowed",
    "anthropic-ratelimit-requests-reset": "2026-11-29T00:00:00Z",
    "x-should-retry": "true",
    "x-drawbridge-provider-request-id": "req_1",
  });
});

test("only those who serve the API itself have such heads", () => {
  expect(messagesOn(azureFoundry).relayedHeaders).toBeDefined();
  expect(messagesOn(bedrockInvoke).relayedHeaders).toBeUndefined();
});
