export { createDueWatch, type DueWatch, type DueWatchOptions, type Watched } from "./due-watch.ts";
export { joinWrites } from "./join-writes.ts";
export { type Listed, nowhere, Roster } from "./roster.ts";
export { undiciTransport, type UndiciTransportOptions } from "./undici-transport.ts";
