/** Names a hold: equal ids in equal partitions are one hold. */
export interface HoldRef {
  /** Minted by the gateway, never taken from the client; without a line break. */
  readonly id: string;
  /** That of its scopes; the empty one unless told. */
  readonly partition?: string;
}

/** A hold's name as one string. */
export function holdKey({ id, partition = "" }: HoldRef): string {
  return partition === "" ? id : `${id}\n${partition}`;
}

/** What `holdKey` has made a string of. */
export function holdRefOf(key: string): Required<HoldRef> {
  const end = key.indexOf("\n");
  return end === -1 ? { id: key, partition: "" } : { id: key.slice(0, end), partition: key.slice(end + 1) };
}
