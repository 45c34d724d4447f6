const mostNames = 10;

/** Names joined with commas for a sentence, at most ten; how many more there are is said. */
export function listed(names: readonly string[]): string {
  const shown = names.slice(0, mostNames).join(", ");
  return names.length > mostNames ? `${shown} and ${names.length - mostNames} more` : shown;
}
