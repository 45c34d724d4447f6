/**
 * The page with its printed parts made anew: what stands between `<!-- printed: NAME -->` and `<!-- end -->`.
 * Throws an Error when page and `parts` do not name the same parts.
 */
export function fillPage(page: string, parts: Readonly<Record<string, () => string>>): string {
  const missing = new Set(Object.keys(parts));
  const filled = page.replaceAll(/<!-- printed: (.+?) -->\n[\s\S]*?<!-- end -->/g, (_, name: string) => {
    const print = parts[name];
    if (print === undefined) throw new Error(`the page has a part "${name}" that nothing prints`);
    missing.delete(name);
    return `<!-- printed: ${name} -->\n\n${print()}\n\n<!-- end -->`;
  });
  if (missing.size > 0) throw new Error(`the page lacks <!-- printed: ${[...missing].join(", ")} -->`);
  return filled;
}
