export { catalog } from "./catalog/index.ts";
export type {
  AuthScheme,
  CatalogEntry,
  CloudName,
  ModelProfile,
  ModelSurface,
  PlaceName,
  PlaceRule,
  Places,
  Surface,
} from "./catalog/entry.ts";
export { checkBaseUrl, type BaseUrlCheck } from "./base-url.ts";
export { createProvider, type ProviderParts } from "./create-provider.ts";
export type {
  AuthHeaders,
  Authority,
  Authorize,
  AwsCredentialSettings,
  AzureCredentialSettings,
  Cloud,
  CloudContext,
  Credential,
  CredentialSettings,
  GoogleCredentialSettings,
} from "./credential.ts";
export type { Endpoint } from "./endpoint.ts";
export {
  isProviderError,
  isProviderSettingsError,
  ProviderError,
  ProviderSettingsError,
  type SettingsProblem,
  type SettingsProblemCode,
} from "./errors.ts";
export type { Attempt, AttemptOutcome, AttemptReason, Route } from "./dispatch/attempt.ts";
export { createDispatcher, type Dispatcher, type DispatcherParts } from "./dispatch/create-dispatcher.ts";
export type {
  DispatchCredential,
  DispatchLink,
  DispatchOrder,
  DispatchPlan,
  DispatchTarget,
} from "./dispatch/dispatch-plan.ts";
export type { CooldownBus } from "./dispatch/cooldown-bus.ts";
export type { DispatchOptions, Send } from "./dispatch/dispatch-request.ts";
export { defaultDispatchSettings, type DispatchSettings, type HedgeSettings } from "./dispatch/dispatch-settings.ts";
export type { PlaceHealth } from "./dispatch/health-book.ts";
export { demoProvider, type DemoOptions } from "./demo/demo-provider.ts";
export { fetchTransport, type FetchTransportOptions } from "./fetch-transport.ts";
export { listModels } from "./list-models.ts";
export { createModelList, type ModelList, type ModelListOptions } from "./model-list.ts";
export { type CallDeadlines, defaultDeadlines, type ProviderDeadlines } from "./provider-deadlines.ts";
export type { ProviderSettings } from "./provider-settings.ts";
export type { Provider } from "./provider.ts";
export { readBody } from "./read-body.ts";
export { Secret } from "./secret.ts";
export { type ProviderRequest, sendToProvider } from "./send-to-provider.ts";
export type { Call, Deadlines, Reply, ReplyBody, Transport } from "./transport.ts";
