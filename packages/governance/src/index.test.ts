import { expect, test } from "vitest";
import * as governance from "./index.ts";
import * as node from "./node/index.ts";
import * as redis from "./redis/index.ts";

test("the package exports what it promises and nothing else", () => {
  expect(Object.keys(governance).sort()).toEqual([
    "GovernanceError",
    "aliasOf",
    "auditBreak",
    "authorize",
    "canonicalModel",
    "compileDirectory",
    "compileGlob",
    "compilePolicy",
    "compileRules",
    "conditionProblem",
    "createEntry",
    "createGovernance",
    "createKey",
    "createRouteTable",
    "createSnapshotHolder",
    "decideRoute",
    "denyByLimit",
    "directoryProblems",
    "endpoints",
    "explainRefusal",
    "explainRequest",
    "explanationText",
    "followDirectory",
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
    "withLocalRates",
    "zoneOffsets",
  ]);
  expect(Object.keys(redis)).toEqual(["redisLimitStore"]);
  expect(Object.keys(node)).toEqual(["hmacKeyHasher", "journalDirectoryStore", "journalLimitStore"]);
});
