import { type FileHandle, open, readFile, rename } from "node:fs/promises";
import { dirname } from "node:path";
import { crc32 } from "node:zlib";
import { GovernanceError } from "../errors.ts";

const entriesOfLine = 1000;
const checksumLength = 8;

/**
 * A file of lines, each a checksum and a group of entries as JSON. What `append` and `replace` have written is on the
 * disk when they come back, so only the last line can be damaged, and nobody was told of what it says.
 */
export class JournalFile<Entry> {
  readonly #path: string;
  #handle: FileHandle | undefined;
  #writtenBytes = 0;
  #readBytes = 0;
  #wholeBytes = 0;
  #endsInLine = false;
  /** A write has failed, and may have left half a line behind what is whole. */
  #isTorn = false;

  constructor(path: string) {
    this.#path = path;
  }

  /** How long the file is, as far as this object has written it. */
  get writtenBytes(): number {
    return this.#writtenBytes;
  }

  /**
   * Gives each entry of the file to `take`, none if there is no file, and leaves a damaged last line out.
   * Throws a GovernanceError where what follows damage is whole: that is no torn write.
   */
  async read(take: (entry: Entry) => void): Promise<void> {
    const text = await contentsOf(this.#path);
    const lines = text.split("\n");
    const damaged = lines.findIndex((line) => !isWhole(line));
    const whole = damaged === -1 ? lines : lines.slice(0, damaged);
    if (lines.slice(whole.length + 1).some((line) => line !== "" && isWhole(line))) {
      throw new GovernanceError(
        "journal-corrupt",
        `line ${damaged + 1} of the journal ${this.#path} is damaged and whole ones follow; restore it from a backup`,
      );
    }
    for (const line of whole) for (const entry of this.#entriesOf(line)) take(entry);
    this.#readBytes = Buffer.byteLength(text);
    this.#endsInLine = damaged === -1 && whole.at(-1) !== "";
    this.#wholeBytes = whole.reduce((bytes, line) => bytes + Buffer.byteLength(line) + 1, damaged === -1 ? -1 : 0);
  }

  /**
   * Goes on behind what `read` found whole, in a file that is made when there is none. Throws a GovernanceError when
   * somebody has written there since.
   */
  async resume(): Promise<void> {
    const handle = await open(this.#path, "a", 0o600);
    try {
      const { size } = await handle.stat();
      if (size !== this.#readBytes) {
        throw new GovernanceError(
          "journal-closed",
          `another process has written the journal ${this.#path} since it was read; restart, with one process alone`,
        );
      }
      await handle.truncate(this.#wholeBytes);
      if (this.#endsInLine) await handle.appendFile("\n");
      await handle.sync();
      await syncFolder(dirname(this.#path));
    } catch (error) {
      await handle.close();
      throw error;
    }
    this.#handle = handle;
    this.#writtenBytes = this.#wholeBytes + Number(this.#endsInLine);
  }

  /** Writes entries as one line at the end, over what an append that failed may have left there. */
  async append(entries: readonly Entry[]): Promise<void> {
    if (this.#handle === undefined)
      throw new GovernanceError("journal-closed", `the journal ${this.#path} is not open`);
    const handle = this.#isTorn ? await this.#mended(this.#handle) : this.#handle;
    const line = lineOf(entries);
    this.#isTorn = true;
    await handle.appendFile(line);
    await handle.datasync();
    this.#isTorn = false;
    this.#writtenBytes += Buffer.byteLength(line);
  }

  /** Opened anew, so that it is written behind what is whole wherever the last write ended. */
  async #mended(torn: FileHandle): Promise<FileHandle> {
    const handle = await open(this.#path, "a", 0o600);
    try {
      await handle.truncate(this.#writtenBytes);
      await torn.close();
    } catch (error) {
      await handle.close();
      throw error;
    }
    this.#handle = handle;
    return handle;
  }

  /** Puts a file with these entries in the place of the old one: whoever looks finds either whole. */
  async replace(entries: readonly Entry[]): Promise<void> {
    const path = `${this.#path}.next`;
    const next = await open(path, "w", 0o600);
    let bytes = 0;
    try {
      for (let start = 0; start < entries.length; start += entriesOfLine) {
        const line = lineOf(entries.slice(start, start + entriesOfLine));
        await next.appendFile(line);
        bytes += Buffer.byteLength(line);
      }
      await next.sync();
      await rename(path, this.#path);
      await syncFolder(dirname(this.#path));
    } catch (error) {
      await next.close();
      throw error;
    }
    await this.#handle?.close();
    this.#handle = next;
    this.#isTorn = false;
    this.#writtenBytes = bytes;
  }

  #entriesOf(line: string): readonly Entry[] {
    if (line === "") return [];
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- its checksum says that `lineOf` wrote it
    return JSON.parse(line.slice(checksumLength + 1)) as readonly Entry[];
  }

  /** Lets go of the file. */
  async close(): Promise<void> {
    await this.#handle?.close();
    this.#handle = undefined;
  }
}

function lineOf(entries: readonly unknown[]): string {
  const json = JSON.stringify(entries);
  return `${checksumOf(json)} ${json}\n`;
}

function checksumOf(text: string): string {
  return crc32(text).toString(16).padStart(checksumLength, "0");
}

function isWhole(line: string): boolean {
  return line === "" || line.startsWith(`${checksumOf(line.slice(checksumLength + 1))} `);
}

async function contentsOf(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return "";
    throw error;
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
