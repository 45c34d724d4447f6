/** The betas that a client's `anthropic-beta` names: one header or several, each a list; every name once. */
export function readBetas(header: string | readonly string[] | undefined): string[] {
  const values = header === undefined ? [] : typeof header === "string" ? [header] : header;
  const names = values.flatMap((value) => value.split(",")).map((name) => name.trim());
  return [...new Set(names.filter((name) => name !== ""))];
}
