import { expect, test } from "vitest";
import { catalog } from "../catalog/index.ts";
import { listOfKind } from "./list-of-kind.ts";

/** Kinds of which nobody lists prices; their models cost what a user says. */
const unlisted = new Set([
  "anthropic-messages",
  "openai-chat",
  "openai-responses",
  "databricks",
  "deepinfra",
  "github",
  "huggingface",
  "nebius",
  "nvidia",
  "qwen",
  "sambanova",
  "snowflake",
]);

test("of every kind of provider it is decided whether its models have prices", () => {
  const undecided = [...catalog.values()].filter(
    ({ id, local }) => local !== true && listOfKind(id) === undefined && !unlisted.has(id),
  );
  expect(undecided.map(({ id }) => id)).toEqual([]);
});

test("servers on one's own machine have no price list", () => {
  const local = [...catalog.values()].filter((entry) => entry.local === true);
  expect(local.length).toBeGreaterThan(0);
  expect(local.filter(({ id }) => listOfKind(id) !== undefined)).toEqual([]);
});
