import { createRouteTable, type Governed, type KeyHasher, type RouteTable } from "@drawbridge/governance";

/** Where models are; what calls them is yours. */
export const routes: RouteTable = createRouteTable({
  models: [
    { match: "best", chain: [{ targets: [{ target: "cloud/large" }] }, { targets: [{ target: "gpu/medium" }] }] },
  ],
  providers: [
    { name: "cloud", knows: () => false },
    { name: "gpu", region: "eu-office", knows: () => false },
  ],
});

/** Whose key it is, what they may use and how much, and what goes elsewhere than its name says. */
export function whatIsGoverned(hasher: KeyHasher, token: string): Governed {
  return {
    directory: {
      customers: [
        {
          name: "acme",
          limits: [
            { of: "nanoUsd", amount: 2e9, window: { kind: "calendar", unit: "month", timeZone: "Europe/Berlin" } },
            { of: "requests", amount: 60, window: { kind: "rolling", ms: 60_000 } },
          ],
        },
      ],
      teams: [{ name: "search", customer: "acme", policy: { models: { deny: ["*-preview"] } } }],
      keys: [{ name: "search-service", team: "search", digest: hasher.digest(token), tags: { project: "search" } }],
    },
    rules: [
      { name: "short is local", when: "inputTokens < 10", route: [{ targets: [{ target: "gpu/medium" }] }] },
      { name: "thrift", when: "budget.month > 0.8", route: [{ targets: [{ target: "gpu/medium" }] }] },
    ],
  };
}
