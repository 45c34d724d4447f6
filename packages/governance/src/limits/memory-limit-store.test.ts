import { commandCount } from "../testing/command-count.ts";
import { limitStoreContract } from "../testing/limit-store-contract.ts";
import { memoryLimitStore } from "./memory-limit-store.ts";

limitStoreContract({
  name: "a limit store in memory",
  open: (options) => Promise.resolve({ store: memoryLimitStore(options) }),
  commands: commandCount({ here: 10_000, ci: 70_000 }),
});
