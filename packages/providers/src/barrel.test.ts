import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import * as entry from "./index.ts";

/** The text of a source file and of all that it loads at run time, by path. */
function loadedFrom(url: URL, seen = new Map<string, string>()): Map<string, string> {
  if (seen.has(url.href)) return seen;
  const text = readFileSync(url, "utf8");
  seen.set(url.href, text);
  for (const [, path = ""] of text.matchAll(/^(?:import|export) (?!type)[^;]*?from "(\.[^"]+)"/gm)) {
    loadedFrom(new URL(path, url), seen);
  }
  return seen;
}

test("the main entry loads nothing that only Node has", () => {
  const files = loadedFrom(new URL("./index.ts", import.meta.url));
  expect(files.size).toBeGreaterThan(20);
  for (const [path, text] of files) {
    expect([path, text.match(/from "(node:|undici)[^"]*"|\bprocess\.|\bBuffer\./)?.[0]]).toEqual([path, undefined]);
  }
});

test("the main entry exports what the README promises", () => {
  expect(Object.keys(entry).sort()).toEqual([
    "ProviderError",
    "ProviderSettingsError",
    "Secret",
    "catalog",
    "checkBaseUrl",
    "createDispatcher",
    "createModelList",
    "createProvider",
    "defaultDeadlines",
    "defaultDispatchSettings",
    "demoProvider",
    "fetchTransport",
    "isProviderError",
    "isProviderSettingsError",
    "listModels",
    "readBody",
    "sendToProvider",
  ]);
});
