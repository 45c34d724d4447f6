import type { SeenRequest } from "./seen-request.ts";
import { claimedSignature, signatureOf } from "./sigv4.ts";

/** True when a request carries the signature (AWS Signature Version 4) that this secret access key makes for it. */
export function isSignedWith(secretAccessKey: string, { method, path, headers, raw }: SeenRequest): boolean {
  const request = { method, target: path, headers, body: raw };
  return claimedSignature(request) === signatureOf(request, secretAccessKey);
}
