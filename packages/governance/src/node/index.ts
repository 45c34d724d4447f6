export { hmacKeyHasher } from "./hmac-key-hasher.ts";
export { journalDirectoryStore, type JournalDirectoryStoreOptions } from "./journal-directory-store.ts";
export { type JournalLimitStore, journalLimitStore, type JournalLimitStoreOptions } from "./journal-limit-store.ts";
