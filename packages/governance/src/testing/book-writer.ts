import { argv, stdout } from "node:process";
import { journalBook } from "../node/journal-book.ts";
import { threadBookView } from "../postgres/thread-book-view.ts";
import { ledgerEntry } from "./ledger-entry.ts";

// A process that adds entries until it is killed. It prints what was acknowledged, and asks the view meanwhile where it is told to.
const [, , folder = "", round = "", asks = ""] = argv;
const openView = () => threadBookView({ folder: `${folder}/view` });
const book = await journalBook({ folder, openView, segmentBytes: 100_000 });

const most = 200;

async function work(worker: number): Promise<void> {
  for (let count = 0; count < most; count++) {
    const requestId = `${round}.${worker}.${count}`;
    await book.append([ledgerEntry(requestId, { kind: "open" }), ledgerEntry(requestId, { nanoUsd: count })]);
    stdout.write(`kept ${requestId} ${count}\n`);
  }
}

async function ask(): Promise<never> {
  for (;;) {
    const [total] = await book.totals({ by: [], fromMs: 0, toMs: Date.parse("2030-01-01T00:00:00Z") });
    stdout.write(`asked ${total?.attempts ?? 0}\n`);
  }
}

// Until then it lives.
setInterval(() => {}, 1000);
await Promise.all([...[0, 1, 2, 3].map(work), ...(asks === "asks" ? [ask()] : [])]);
