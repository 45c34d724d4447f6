const longest = 180;

/**
 * A document's name as Bedrock takes it: letters, digits, single blanks, hyphens, parentheses and brackets.
 * Source: `DocumentBlock.name` in @aws-sdk/client-bedrock-runtime.
 */
export function documentName(title: string, taken: ReadonlySet<string>): string {
  const legal = title
    .replace(/\.pdf$/i, "")
    .replaceAll(/[^a-zA-Z0-9()[\]-]+/g, " ")
    .trim()
    .slice(0, longest)
    .trimEnd();
  const name = legal === "" ? "document" : legal;
  let unique = name;
  for (let count = 2; taken.has(unique); count++) unique = `${name} (${count})`;
  return unique;
}
