export { joinWrites } from "./join-writes.ts";
export { undiciTransport, type UndiciTransportOptions } from "./undici-transport.ts";
