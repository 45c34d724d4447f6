import { createHash } from "node:crypto";
import { type FSWatcher, watch } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";

/** How a configuration is watched. */
export interface WatchOptions {
  /** Called when what the files say has changed and has stayed the same for `debounceMs`. Must not throw. */
  readonly onChange: () => void;
  /** Files that the configuration refers to at the moment; a change of one counts too. */
  readonly files?: () => readonly string[];
  readonly debounceMs?: number;
  /** How often to look without having been told, for file systems that tell nothing. */
  readonly pollMs?: number;
}

/** A watch in progress. */
export interface ConfigWatch {
  /** Ends it; `onChange` is not called any more. */
  close(): void;
}

/**
 * Watches a configuration file by what it says, not by what happens to it: editors that rename, Kubernetes that swaps
 * symbolic links and files written in pieces all come to one call. A file that is gone for a while counts as unchanged.
 * Resolves once the present content is known, so that every later change is seen. Keeps no process alive.
 */
export async function watchConfig(file: string, options: WatchOptions): Promise<ConfigWatch> {
  const { onChange, files = (): readonly string[] => [], debounceMs = 100, pollMs = 5_000 } = options;
  const target = path.resolve(file);
  let accepted = await printsOf(target, files());
  let candidate: Prints | undefined;
  let looking = false;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  function lookSoon(): void {
    if (closed) return;
    clearTimeout(timer);
    timer = setTimeout(() => void look(), debounceMs).unref();
  }

  async function look(): Promise<void> {
    if (looking) return lookSoon();
    looking = true;
    const seen = await printsOf(target, files());
    looking = false;
    if (!closed) compare(seen);
  }

  function compare(seen: Prints): void {
    const settled = candidate !== undefined && !differ(candidate, seen);
    if (!differ(accepted, seen)) {
      // Files referred to since the last look are known from now on.
      accepted = new Map([...accepted, ...seen]);
      candidate = undefined;
    } else if (settled) {
      accepted = new Map([...accepted, ...seen]);
      candidate = undefined;
      onChange();
    } else {
      // It may be half written: only what is still the same a moment later counts.
      candidate = seen;
      lookSoon();
    }
  }

  const watcher = watchDirectory(path.dirname(target), lookSoon);
  const poll = setInterval(() => void (candidate === undefined && look()), pollMs).unref();
  return {
    close() {
      closed = true;
      clearTimeout(timer);
      clearInterval(poll);
      watcher?.close();
    },
  };
}

/** What each file says, as a hash. The configuration itself is left out while it is gone; other files are then empty. */
type Prints = ReadonlyMap<string, string>;

async function printsOf(target: string, files: readonly string[]): Promise<Prints> {
  const all = [target, ...files.map((file) => path.resolve(file))];
  const prints = await Promise.all(all.map(async (file) => [file, await printOf(file)] as const));
  return new Map(prints.filter(([file, print]) => file !== target || print !== ""));
}

async function printOf(file: string): Promise<string> {
  try {
    return createHash("sha256")
      .update(await readFile(file))
      .digest("base64");
  } catch {
    return "";
  }
}

/** True when a file that both know says something else. */
function differ(before: Prints, after: Prints): boolean {
  return [...after].some(([file, print]) => before.has(file) && before.get(file) !== print);
}

/** Watches the directory, not the file: a rename over the file or of a link beside it would end a watch on the file. */
function watchDirectory(directory: string, onEvent: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(directory, { persistent: false }, onEvent);
    // Without a watcher the polling remains.
    watcher.on("error", () => watcher.close());
    return watcher;
  } catch {
    return undefined;
  }
}
