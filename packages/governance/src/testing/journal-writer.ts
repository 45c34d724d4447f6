import { writeSync } from "node:fs";
import { argv } from "node:process";
import { limitScope } from "../limits/limit-scope.ts";
import { journalLimitStore } from "../node/journal-limit-store.ts";

// A process that reserves and settles until it is killed. It prints what it is going to do, and what was acknowledged.
const [, , path = "", round = ""] = argv;
const scope = limitScope({ id: "all", limits: [{ of: "nanoUsd", amount: 1e15, window: { kind: "total" } }] });
const store = await journalLimitStore({ path, clock: () => Date.now(), compactBytes: 20_000 });

async function work(worker: number): Promise<never> {
  for (let count = 0; ; count++) {
    const id = `${round}.${worker}.${count}`;
    const nanoUsd = 1 + ((worker * 7919 + count * 104_729) % 1000);
    writeSync(1, `begun ${id} ${nanoUsd}\n`);
    await store.reserve({ id, scopes: [scope], need: { nanoUsd: 1000, inputTokens: 0, outputTokens: 0 } });
    writeSync(1, `held ${id} ${nanoUsd}\n`);
    await store.settle({ id }, { nanoUsd, inputTokens: 0, outputTokens: 0 });
    writeSync(1, `settled ${id} ${nanoUsd}\n`);
  }
}

await Promise.all([0, 1, 2, 3].map(work));
