/** The betas that a client's `anthropic-beta` names: one header or several, each a list; every name once. */
export function readBetas(header: string | readonly string[] | undefined): string[] {
  const names: string[] = [];
  const values = header === undefined || typeof header === "string" ? [header ?? ""] : header;
  for (const value of values) {
    for (const part of value.split(",")) {
      const name = part.trim();
      if (name !== "" && !names.includes(name)) names.push(name);
    }
  }
  return names;
}
