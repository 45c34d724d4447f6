const aliasPrefix = "claude-gateway/";

/**
 * The name under which a model is shown to Claude Code, whose `/model` list hides every id that contains
 * neither "claude" nor "anthropic" in any case. Other ids are given back as they are.
 */
export function aliasOf(id: string): string {
  // An id that looks like an alias gets one too, or its way back would lead elsewhere.
  return /claude|anthropic/i.test(id) && !id.startsWith(aliasPrefix) ? id : aliasPrefix + id;
}

/** The id that {@link aliasOf} was given. */
export function unalias(name: string): string {
  return name.startsWith(aliasPrefix) ? name.slice(aliasPrefix.length) : name;
}

/** The name that counts for routing and policy: without alias prefix and without Claude Code's `[1m]` suffix. */
export function canonicalModel(asked: string): string {
  // Nearly no name ends so.
  const isLong = asked.endsWith("]") && /\[1m\]$/i.test(asked);
  return unalias(isLong ? asked.slice(0, -"[1m]".length) : asked);
}
