import { createHash, createHmac } from "node:crypto";

/** What a server of AWS sees of a signed request. */
export interface SignedRequest {
  readonly method: string;
  /** Path and query as they stand in the request line. */
  readonly target: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Uint8Array;
}

/**
 * The signature that a request must carry, worked out as AWS documents it ("Create a signed AWS API request") and
 * independently of the library that signs: from the wire, from what the request says of itself, and the secret key.
 */
export function signatureOf(request: SignedRequest, secretAccessKey: string): string {
  const { authorization = "" } = request.headers;
  const [, scope = ""] = /Credential=[^/]+\/([^,]+)/.exec(authorization) ?? [];
  const [, names = ""] = /SignedHeaders=([^,]+)/.exec(authorization) ?? [];
  const [date = "", region = "", service = ""] = scope.split("/");
  const hash = sha256(canonical(request, names.split(";")));
  const text = ["AWS4-HMAC-SHA256", request.headers["x-amz-date"], scope, hash].join("\n");
  const key = [date, region, service, "aws4_request"].reduce<Buffer | string>(hmac, `AWS4${secretAccessKey}`);
  return hmac(key, text).toString("hex");
}

/** The signature that a request does carry. */
export function claimedSignature({ headers }: SignedRequest): string | undefined {
  return /Signature=([0-9a-f]{64})/.exec(headers["authorization"] ?? "")?.[1];
}

function canonical({ method, target, headers, body }: SignedRequest, names: readonly string[]): string {
  const [path = "/", query = ""] = target.split("?");
  const lines = names.map((name) => `${name}:${(headers[name] ?? "").trim().replaceAll(/ +/g, " ")}`);
  // Every service but S3 encodes the path once more than the wire has it.
  const encoded = path.split("/").map(strictly).join("/");
  return [method, encoded, sorted(query), ...lines, "", names.join(";"), sha256(body)].join("\n");
}

function sorted(query: string): string {
  const pairs = query.split("&").filter((pair) => pair !== "");
  return pairs
    .map((pair) => (pair.includes("=") ? pair : `${pair}=`))
    .sort()
    .join("&");
}

function strictly(segment: string): string {
  return encodeURIComponent(segment).replaceAll(
    /[!'()*]/g,
    (odd) => `%${odd.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function sha256(data: string | Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}

function hmac(key: Buffer | string, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}
