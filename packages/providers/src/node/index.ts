export { undiciTransport, type UndiciTransportOptions } from "./undici-transport.ts";
