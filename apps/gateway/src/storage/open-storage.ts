import type { StorageSettings } from "../config/storage-schema.ts";
import { openLocalStorage, type LocalStorageOptions } from "./local-storage.ts";
import type { SharedStorageOptions } from "./shared-storage.ts";
import type { Storage } from "./storage.ts";

/** What either storage needs, and which one it is to be. */
export interface OpenStorageOptions extends LocalStorageOptions, Omit<SharedStorageOptions, "postgres" | "settings"> {
  readonly settings: StorageSettings | undefined;
}

/** Opens the storage that the configuration names, or one on this machine. Throws a StartError that says what to do. */
export async function openStorage({ settings, ...options }: OpenStorageOptions): Promise<Storage> {
  const { postgres, ...rest } = settings ?? {};
  if (postgres === undefined) return openLocalStorage(options);
  // Drivers take a moment to load.
  const { openSharedStorage } = await import("./shared-storage.ts");
  return openSharedStorage({ ...options, postgres, settings: rest });
}
