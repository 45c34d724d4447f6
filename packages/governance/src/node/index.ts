export { hmacKeyHasher } from "./hmac-key-hasher.ts";
export { type JournalLimitStore, journalLimitStore, type JournalLimitStoreOptions } from "./journal-limit-store.ts";
