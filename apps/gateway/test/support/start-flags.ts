import { readFileSync } from "node:fs";

const [line = ""] = readFileSync(new URL("../../src/main.ts", import.meta.url), "utf8").split("\n", 1);

/** Flags of Node that the gateway is started with outside of tests, as its first line says. */
export const startFlags: readonly string[] = line.match(/--\S+/gu) ?? [];
