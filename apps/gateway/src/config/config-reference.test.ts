import { expect, test } from "vitest";
import { configReference } from "./config-reference.ts";
import { asNode, type SchemaNode, schemaTree } from "./schema-tree.ts";

function settings(node: SchemaNode, path: string): { path: string; node: SchemaNode }[] {
  const inner = node.properties ?? asNode(node.additionalProperties)?.properties ?? asNode(node.items)?.properties;
  if (inner === undefined || node["shape"] !== undefined) return [{ path, node }];
  return Object.entries(inner).flatMap(([name, part]) => settings(asNode(part) ?? {}, `${path}.${name}`));
}

test("every setting has a meaning that ends in a full stop, and stands in the reference", () => {
  const all = settings(schemaTree(), "");
  expect(all.length).toBeGreaterThan(40);
  const reference = configReference();
  for (const { path, node } of all) {
    expect(node.description, path).toMatch(/\.$/);
    expect(reference, path).toContain(node.description?.replaceAll("|", String.raw`\|`));
  }
});

test("a row tells type and default, or that there is none", () => {
  const lines = configReference().split("\n");
  expect(lines).toContain("| `port` | port | `8080` | Port to listen on; 0 takes a free one. |");
  expect(lines).toContain(
    "| `target` | provider/model | – | Where it goes. The model is the provider's own name of it and may contain slashes. |",
  );
  expect(lines).toContain("| `timeouts.connect` | duration | `3s` | Until the connection stands. |");
  expect(lines).toContain("### `providers.NAME.chat`");
});

test("what every level can have is told once", () => {
  const lines = configReference().split("\n");
  for (const setting of ["budgets", "tools.deny", "hold", "disabled"]) {
    expect(
      lines.filter((line) => line.startsWith(`| \`${setting}\` |`)),
      setting,
    ).toHaveLength(setting === "hold" ? 2 : 1);
  }
  for (const level of ["customers.NAME", "teams.NAME", "users.NAME", "keys[]"]) {
    const section = lines
      .slice(lines.indexOf(`### \`${level}\``))
      .join("\n")
      .split("\n### ", 1)[0];
    expect(section, level).toContain("[every level](#every-level)");
  }
});
