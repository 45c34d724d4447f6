import {
  compileDirectory,
  compileRules,
  createGovernance,
  type Governance,
  type Governed,
} from "@drawbridge/governance";
import { journalBook, journalLimitStore } from "@drawbridge/governance/node";
import { threadBookView } from "@drawbridge/governance/postgres";
import type { KeyHasher } from "@drawbridge/governance";
import { randomUUID } from "node:crypto";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { routes } from "./what-is-governed.ts";

/** Governance with stores that have to be closed. */
export interface OpenGovernance {
  readonly governance: Governance;
  close(): Promise<void>;
}

/**
 * Governance for one process: journals in a folder, on the disk before an answer begins, so that `kill -9` loses nothing.
 * The account can be asked in SQL through PGlite, which is started when it is first asked.
 */
export async function openSingleProcess(
  folder: string,
  { governed, hasher }: { readonly governed: Governed; readonly hasher: KeyHasher },
): Promise<OpenGovernance> {
  await mkdir(folder, { recursive: true });
  const limits = await journalLimitStore({ path: path.join(folder, "limits.journal"), clock: Date.now });
  const book = await journalBook({
    folder: path.join(folder, "book"),
    openView: () => threadBookView({ folder: path.join(folder, "view") }),
  });
  const directory = compileDirectory(governed.directory, { hasher });
  const rules = compileRules(governed.rules, { routes });
  const governance = createGovernance({
    snapshot: () => ({ directory, routes, rules }),
    limits,
    book,
    clock: Date.now,
    newId: randomUUID,
  });
  const timer = setInterval(() => void governance.tick(), 1_000).unref();
  return {
    governance,
    async close() {
      clearInterval(timer);
      await governance.flush();
      await Promise.all([limits.close(), book.close()]);
    },
  };
}
