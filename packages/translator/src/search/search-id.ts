const mark = "srvtoolu_db1_";

/**
 * The id under which the client is told of a search, from that of the model's call: of the characters that the
 * Messages API takes there (`^srvtoolu_[a-zA-Z0-9_]+$`), and such that the call's own can be had back.
 */
export function sealSearchId(callId: string): string {
  return mark + callId.replaceAll(/[_-]/g, (char) => (char === "_" ? "__" : "_h"));
}

/** The id that {@link sealSearchId} was given; undefined for a search that was made elsewhere. */
export function openSearchId(searchId: string): string | undefined {
  if (!searchId.startsWith(mark)) return undefined;
  return searchId.slice(mark.length).replaceAll(/_(_|h)/g, (_escape, char) => (char === "_" ? "_" : "-"));
}
