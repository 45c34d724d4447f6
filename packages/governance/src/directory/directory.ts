import type { Decision } from "../errors.ts";
import type { LimitScope } from "../limits/limit-scope.ts";
import type { Presentation } from "./key-refusal.ts";
import type { Principal } from "./principal.ts";

/** Everybody there is, of one moment. Immutable: a change makes another directory. */
export interface Directory {
  /** How many keys it has. */
  readonly size: number;
  /**
   * Says who presents these keys: the first that is taken counts. Of several refusals the one that knows the key is told.
   * No token, or only empty ones, stand for a request that carried none.
   */
  authenticate(tokens: readonly string[], from: Presentation): Decision<Principal>;
  /** The principal of a key by its name, whether it is taken or not; for dry runs. */
  principalOf(keyName: string): Principal | undefined;
  /** What a provider's limits on everybody are counted under; undefined when it has none. */
  providerScope(provider: string): LimitScope | undefined;
}
