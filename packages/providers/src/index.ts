export { catalog } from "./catalog/index.ts";
export type { AuthScheme, CatalogEntry, ModelProfile } from "./catalog/entry.ts";
export { checkBaseUrl, type BaseUrlCheck } from "./base-url.ts";
export { type ConfiguredProvider, createProvider, type ProviderParts } from "./create-provider.ts";
export {
  isProviderError,
  isProviderSettingsError,
  ProviderError,
  ProviderSettingsError,
  type SettingsProblem,
  type SettingsProblemCode,
} from "./errors.ts";
export { demoProvider, type DemoOptions } from "./demo/demo-provider.ts";
export { fetchTransport, type FetchTransportOptions } from "./fetch-transport.ts";
export { listModels } from "./list-models.ts";
export { createModelList, type ModelList, type ModelListOptions } from "./model-list.ts";
export { defaultDeadlines, type ProviderSettings } from "./provider-settings.ts";
export type { Provider } from "./provider.ts";
export { readBody } from "./read-body.ts";
export { Secret } from "./secret.ts";
export { type ProviderRequest, sendToProvider } from "./send-to-provider.ts";
export type { Call, Deadlines, Reply, Transport } from "./transport.ts";
