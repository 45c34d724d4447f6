import { limitBookContract } from "./limit-book-contract.ts";
import { memoryLimitBook } from "./memory-limit-book.ts";

limitBookContract({
  name: "a book of limits in memory",
  open: () => Promise.resolve({ book: memoryLimitBook() }),
  histories: 200,
});
