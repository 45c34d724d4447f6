/** Region, group of regions or `global` before a vendor's name, as in Bedrock's cross-region inference profiles. */
const area = /^(?:[a-z]{2,4}|us-gov|global)\.(?=[a-z0-9]+\.)/;

/**
 * The names under which a price list may know a model, the most exact first: as it is written, without the ARN or
 * resource path around it, and without the area of a Bedrock inference profile. Sources: Amazon Bedrock User Guide,
 * "Inference profiles"; Google AIP-122 resource names.
 */
export function lookupNames(model: string): readonly string[] {
  const written = model.trim().toLowerCase();
  const bare = written.replace(/^arn:.*\/|^(?:.*\/)?(?:publishers\/[^/]+\/)?models\/(?=[^/]+$)/, "");
  const names = written.startsWith("accounts/") ? [written] : [written, bare, bare.replace(area, "")];
  return [...new Set(names)];
}
