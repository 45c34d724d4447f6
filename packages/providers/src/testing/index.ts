/** Plays a provider on a loopback port, faults included, for tests of whatever talks to one. */
export type { Answer, AnswerFinish, AnswerToolCall, AnswerUsage } from "./answer.ts";
export { type FakeBill, type FakeProvider, startFakeProvider } from "./fake-provider.ts";
export type { FakeProviderOptions } from "./fake-provider-options.ts";
export type { Fault, FaultKind, HttpErrorFault } from "./fault.ts";
export { isSignedWith } from "./is-signed-with.ts";
export type { ExchangeEnd, FakeDialect, FakeOperation, SeenRequest } from "./seen-request.ts";
