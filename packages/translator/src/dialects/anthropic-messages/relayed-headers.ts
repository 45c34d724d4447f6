/** Says who pays. */
const organization = "anthropic-organization-id";

/** The provider's own id of a request, under a name that is not that of the id which the client's answer has. */
const providerRequestId = "x-drawbridge-provider-request-id";

/**
 * What clients of the Messages API read in the head of an answer that such a provider gave: its limits, whether to ask
 * again, and how it calls the request.
 */
export function relayedHeaders(headers: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const relayed: Record<string, string> = {};
  for (const name of Object.keys(headers)) {
    const value = headers[name];
    if (value === undefined) continue;
    if (name === "request-id") relayed[providerRequestId] = value;
    else if (name === "x-should-retry") relayed[name] = value;
    else if (name.startsWith("anthropic-") && name !== organization) relayed[name] = value;
  }
  return relayed;
}
