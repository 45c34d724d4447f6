import type { Credential, Route as DispatchRoute } from "@drawbridge/providers";
import type { Target } from "./admit.ts";

/** One way on which an exchange is tried: a model of a provider with one of its credentials. */
export type Route = DispatchRoute<Target, Credential>;
