import type { Endpoint, Reply } from "@drawbridge/providers";
import type { TokenCount } from "@drawbridge/translator";
import { collect } from "./collect.ts";

const answerLimitBytes = 64 * 1024;
/** No path, no permission: that changes only with a configuration, here or there. */
const lackingMs = 300_000;
/** Everything else may pass. */
const troubledMs = 30_000;

/** How a provider is asked for one count. */
export interface CountQuestion {
  send(): Promise<Pick<Reply, "status" | "body">>;
  /** Aborted when the client leaves. */
  readonly signal: AbortSignal;
}

/** Counts by providers, as far as they count. */
export interface ProviderCounts {
  /** The provider's count; undefined when it gives none, or gave none lately. Never rejects. */
  ask(endpoint: Endpoint, question: CountQuestion): Promise<TokenCount | undefined>;
}

/** What is known of an endpoint's counting. */
interface Standing {
  works: boolean;
  /** Until then it is not asked. */
  quietUntilMs: number;
  /** The first question of all, whose outcome the others wait for. */
  probe: Promise<unknown> | undefined;
}

/**
 * Asks providers for counts. Clients ask in bursts, so one question finds out whether a provider counts at all, and one
 * that does not is left alone for a while. What is known lives as long as the provider's configuration.
 */
export function createProviderCounts(clock: () => number): ProviderCounts {
  const standings = new WeakMap<Endpoint, Standing>();

  async function attempt(
    { dialect }: Endpoint,
    standing: Standing,
    question: CountQuestion,
  ): Promise<TokenCount | undefined> {
    let status = 0;
    try {
      const reply = await question.send();
      ({ status } = reply);
      const answer = (await collect(reply.body, answerLimitBytes)).toString("utf8");
      const count = status === 200 ? dialect.counting?.read(JSON.parse(answer)) : undefined;
      if (count !== undefined) standing.works = true;
      else learn(standing, status);
      return count;
    } catch {
      // Counting is a convenience: whatever the provider's trouble is, an estimate serves.
      if (!question.signal.aborted) learn(standing, status);
      return undefined;
    }
  }

  function learn(standing: Standing, status: number): void {
    // A provider that counts may refuse a single request.
    if (status === 400 && standing.works) return;
    standing.works = false;
    standing.quietUntilMs = clock() + (lacking.has(status) ? lackingMs : troubledMs);
  }

  return {
    async ask(endpoint, question) {
      const standing = standings.get(endpoint) ?? { works: false, quietUntilMs: -Infinity, probe: undefined };
      standings.set(endpoint, standing);
      if (!standing.works && standing.probe !== undefined) await standing.probe;
      if (standing.works) return attempt(endpoint, standing, question);
      if (standing.probe !== undefined || clock() < standing.quietUntilMs) return undefined;
      const probe = attempt(endpoint, standing, question);
      standing.probe = probe.finally(() => (standing.probe = undefined));
      return probe;
    },
  };
}

const lacking = new Set([401, 403, 404, 405, 501]);
