import { writeSync } from "node:fs";
import { argv } from "node:process";
import { limitScope } from "../limits/limit-scope.ts";
import { journalLimitStore } from "../node/journal-limit-store.ts";

// A process that reserves and settles until it is killed. It prints what it is going to do, and what was acknowledged.
const [, , path = "", round = ""] = argv;
const scope = limitScope({ id: "all", limits: [{ of: "nanoUsd", amount: 1e15, window: { kind: "total" } }] });
const store = await journalLimitStore({ path, clock: () => Date.now(), compactBytes: 20_000 });

/** Said at once, and again while whoever listens is behind. */
function say(line: string): void {
  for (;;) {
    try {
      writeSync(1, `${line}\n`);
      return;
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EAGAIN")) throw error;
    }
  }
}

async function work(worker: number): Promise<never> {
  for (let count = 0; ; count++) {
    const id = `${round}.${worker}.${count}`;
    const nanoUsd = 1 + ((worker * 7919 + count * 104_729) % 1000);
    say(`begun ${id} ${nanoUsd}`);
    await store.reserve({ id, scopes: [scope], need: { nanoUsd: 1000, inputTokens: 0, outputTokens: 0 } });
    say(`held ${id} ${nanoUsd}`);
    await store.settle({ id }, { nanoUsd, inputTokens: 0, outputTokens: 0 });
    say(`settled ${id} ${nanoUsd}`);
  }
}

await Promise.all([0, 1, 2, 3].map(work));
