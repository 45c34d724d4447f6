import type { Directory } from "./directory/directory.ts";
import type { RouteTable } from "./routing/route-table.ts";

/** Everything that decides about requests, of one moment. Immutable. */
export interface PolicySnapshot {
  readonly directory: Directory;
  readonly routes: RouteTable;
}

/** A snapshot with its number: 1 for the first, rising by one with each swap. */
export type Versioned<Snapshot extends object> = Snapshot & { readonly version: number };

/** Holds the snapshot in force. A request reads `current` once and keeps what it read until it ends. */
export interface SnapshotHolder<Snapshot extends object> {
  readonly current: Versioned<Snapshot>;
  /** Puts the next snapshot in force, whole and at once. */
  swap(next: Snapshot): Versioned<Snapshot>;
}

/** A holder with its first snapshot. */
export function createSnapshotHolder<Snapshot extends object = PolicySnapshot>(
  first: Snapshot,
): SnapshotHolder<Snapshot> {
  let current = numbered(first, 1);
  return {
    get current() {
      return current;
    },
    swap(next) {
      current = numbered(next, current.version + 1);
      return current;
    },
  };
}

function numbered<Snapshot extends object>(snapshot: Snapshot, version: number): Versioned<Snapshot> {
  return Object.freeze({ ...snapshot, version });
}
