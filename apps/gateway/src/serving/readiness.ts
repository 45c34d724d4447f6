import type { Services } from "../services.ts";

/** What `/readyz` answers. */
export interface Readiness {
  readonly status: 200 | 503;
  readonly text: string;
}

/**
 * Whether a load balancer should send requests here. A gateway that has lost its database still serves the keys that it
 * knows, and says so, until they are too old to be relied on.
 */
export function readiness({ lifecycle, storageReach }: Pick<Services, "lifecycle" | "storageReach">): Readiness {
  if (lifecycle.phase !== "serving") return { status: 503, text: "shutting down" };
  const { trust, ageMs } = storageReach();
  if (trust === "current") return { status: 200, text: "ready" };
  const since = `the database could not be asked for ${Math.round(ageMs / 1_000)} s`;
  if (trust === "cut-off") return { status: 200, text: `ready, but ${since}` };
  return { status: 503, text: `${since}, and keys are not relied on any more` };
}
