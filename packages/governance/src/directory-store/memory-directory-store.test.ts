import { directoryStoreContract } from "../testing/directory-store-contract.ts";
import { memoryDirectoryStore } from "./memory-directory-store.ts";

directoryStoreContract({
  name: "a directory in memory",
  open: async (options) => ({ store: memoryDirectoryStore(options) }),
});
