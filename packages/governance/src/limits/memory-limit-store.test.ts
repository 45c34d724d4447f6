import { limitStoreContract } from "../testing/limit-store-contract.ts";
import { memoryLimitStore } from "./memory-limit-store.ts";

limitStoreContract({
  name: "a limit store in memory",
  open: (options) => Promise.resolve({ store: memoryLimitStore(options) }),
  commands: Number(process.env["LIMIT_COMMANDS"] ?? 10_000),
});
