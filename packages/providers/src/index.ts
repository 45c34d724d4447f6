export { isProviderError, ProviderError } from "./errors.ts";
export type { Provider } from "./provider.ts";
export type { Call, Deadlines, Reply, Transport } from "./transport.ts";
