import { expect, test } from "vitest";
import * as governance from "./index.ts";
import * as node from "./node/index.ts";

test("the package exports what it promises and nothing else", () => {
  expect(Object.keys(governance).sort()).toEqual([
    "GovernanceError",
    "aliasOf",
    "auditBreak",
    "canonicalModel",
    "compileDirectory",
    "compileGlob",
    "compilePolicy",
    "createEntry",
    "createGovernance",
    "createKey",
    "createRouteTable",
    "createSnapshotHolder",
    "denyByLimit",
    "directoryProblems",
    "endpoints",
    "explainRefusal",
    "globProblem",
    "inRanges",
    "isGovernanceError",
    "keyPrefix",
    "limitScope",
    "listModels",
    "memoryBook",
    "memoryDirectoryStore",
    "memoryLimitStore",
    "mergeHolds",
    "mintKey",
    "nearestNames",
    "parseAddressRange",
    "periodOf",
    "planRoute",
    "removeEntry",
    "revokeKey",
    "rotateKey",
    "shareOf",
    "splitTarget",
    "unalias",
    "updateEntry",
    "updateKey",
    "zoneOffsets",
  ]);
  expect(Object.keys(node)).toEqual(["hmacKeyHasher", "journalLimitStore"]);
});
