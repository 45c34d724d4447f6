export type { BookView } from "./book-view.ts";
export { type JournalBook, journalBook, type JournalBookOptions } from "./journal-book.ts";
export type { JournalPlace } from "./segmented-journal.ts";
export { hmacKeyHasher } from "./hmac-key-hasher.ts";
export { journalDirectoryStore, type JournalDirectoryStoreOptions } from "./journal-directory-store.ts";
export {
  type JournalLimitStore,
  journalLimitStore,
  type JournalLimitStoreOptions,
  readLimitJournal,
} from "./journal-limit-store.ts";
