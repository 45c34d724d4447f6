import { bookContract } from "../testing/book-contract.ts";
import { memoryBook } from "./memory-book.ts";

bookContract({ name: "a book in memory", open: () => Promise.resolve({ book: memoryBook() }) });
