import { createHash } from "node:crypto";

/** The signature that the fake provider puts under a thinking text, and later asks back unchanged. */
export function signatureOf(thinking: string): string {
  return `fake.${createHash("sha256").update(thinking).digest("base64url")}`;
}
