import { parentPort, workerData } from "node:worker_threads";
import { GovernanceError, isGovernanceError } from "../errors.ts";
import type { ViewAnswer, ViewRequest } from "./view-message.ts";
import { pgliteBookView } from "./pglite-book-view.ts";

// A thread with a view of a book: PGlite computes where it runs, and a gateway has better to do meanwhile.
const port = parentPort;
if (port === null) throw new GovernanceError("store-failed", "this is the program of a thread; start it as one");
const { folder }: { folder: string } = workerData;
const opening = pgliteBookView({ folder });

async function answer({ id, call }: ViewRequest): Promise<ViewAnswer> {
  try {
    const view = await opening;
    switch (call.name) {
      case "place":
        return { id, value: await view.place() };
      case "add":
        return { id, value: await view.add(call.entries, call.behind) };
      case "entriesOf":
        return { id, value: await view.entriesOf(call.requestId) };
      case "totals":
        return { id, value: await view.totals(call.question) };
      case "close":
        return { id, value: await view.close() };
    }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { id, error: { code: isGovernanceError(error) ? error.code : "store-failed", message } };
  }
}

port.on("message", (request: ViewRequest) => void answer(request).then((told) => port.postMessage(told)));
