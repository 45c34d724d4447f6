import { expect, test } from "vitest";
import { configReference } from "./config-reference.ts";
import { asNode, type SchemaNode, schemaTree } from "./schema-tree.ts";

function settings(node: SchemaNode, path: string): { path: string; node: SchemaNode }[] {
  const inner = node.properties ?? asNode(node.additionalProperties)?.properties ?? asNode(node.items)?.properties;
  const own = { path, node };
  if (inner === undefined || node["shape"] !== undefined) return [own];
  return [own, ...Object.entries(inner).flatMap(([name, part]) => settings(asNode(part) ?? {}, `${path}.${name}`))];
}

test("every setting has a meaning that ends in a full stop, and stands in the reference", () => {
  const all = settings(schemaTree(), "").slice(1);
  expect(all.length).toBeGreaterThan(50);
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
    "| `target` | provider/model | required | Where it goes. The model is the provider's own name of it and may contain slashes. |",
  );
  expect(lines).toContain("| `timeouts.connect` | duration | – | Until the connection stands. |");
  expect(lines).toContain("### `providers.NAME.chat`");
});
