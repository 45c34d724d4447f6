import { modelSegment } from "./model-path.ts";

/** Geographies that begin the id of an inference profile. Source: Amazon Bedrock User Guide, "Supported Regions and models for inference profiles". */
const geography = /^(?:us|us-gov|eu|apac|au|jp|ca|sa|global)\.(?=[a-z])/;
const profileArn = /^arn:[^/]*:inference-profile\//;

/**
 * The path of CountTokens for a model. It knows no inference profiles, so that the model behind one is asked for.
 * Source: Amazon Bedrock API reference, "CountTokens", and its refusals of profiles.
 */
export function bedrockCountPath(model: string): string {
  return `/model/${modelSegment(model.replace(profileArn, "").replace(geography, ""))}/count-tokens`;
}
