import { type FileHandle, open } from "node:fs/promises";
import { vi } from "vitest";

/** Makes a disk full from now on, in the middle of each line that is appended to a file, until it is restored. */
export async function fullDisk(anyFile: string): Promise<{ mockRestore(): void }> {
  const handle = await open(anyFile, "r");
  const files: FileHandle = Object.getPrototypeOf(handle);
  await handle.close();
  return vi.spyOn(files, "appendFile").mockImplementation(async function half(this: FileHandle, data) {
    const text = typeof data === "string" ? data : "";
    await this.write(text.slice(0, text.length / 2));
    throw new Error("ENOSPC: no space left on device, write");
  });
}
