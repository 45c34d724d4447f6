/** What stands before a model's own name: fine-tuning, and the path, the area and the vendor that clouds add. */
const before = /^ft:|^.*\/|^(?:(?:[a-z]{2,4}|us-gov|global)\.)?[a-z0-9]+\.(?=[a-z])/g;

/** A model's own name, in lower case, out of what providers make of it: `eu.anthropic.claude-…`, `z-ai/glm-4.6`, `ft:gpt-…`. */
export function plainName(model: string): string {
  let name = model.trim().toLowerCase();
  for (let shorter = name.replace(before, ""); shorter !== name; shorter = name.replace(before, "")) name = shorter;
  return name;
}
