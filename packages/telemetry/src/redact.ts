/** What stands in the place of a secret. */
const mask = "[secret]";

/**
 * Each alternative begins with the few letters that are kept, so that a reader sees what kind of secret it was.
 * All are linear: no part repeats inside a repetition.
 */
const secrets = new RegExp(
  [
    // Keys with a vendor's prefix: our own sk-db-, OpenAI, Anthropic, OpenRouter, DeepSeek; Groq, xAI, Hugging Face, Bedrock, Databricks, Tavily, …
    String.raw`\b(sk-|sk_live_|sk_test_|csk-|gsk_|xai-|hf_|pplx-|nvapi-|fw_|r8_|tgp_v1_|ABSK|bedrock-api-key-|dapi|tvly-|gh[opsur]_|github_pat_|glpat-|xox[abprs]-)[\w-]{8,}`,
    // Google and AWS
    String.raw`\b(AIza)[\w-]{30,}`,
    String.raw`\b(ya29\.)[\w.-]{20,}`,
    String.raw`\b(AKIA|ASIA)[A-Z0-9]{16}\b`,
    // JSON Web Tokens
    String.raw`\b(eyJ)[\w-]{5,}\.[\w-]{5,}(?:\.[\w-]*)?`,
    // Credentials known by what stands before them
    String.raw`\b(authorization\\?["']?\s?[:=]\s?\\?["']?(?:Bearer|Basic)\s+)[^\s"'\\]+`,
    // In prose "basic question" is no credential: long, or with a sign that words do not have.
    String.raw`\b((?:Bearer|Basic)\s+)(?=[\w.~+/=:-]{0,200}[\d=+/_~]|[\w-]{16})[\w.~+/=:-]{6,}`,
    String.raw`\b((?:x-api-key|api[-_]?key|access[-_]?token|auth[-_]?token|client[-_]?secret|password)\\?["']?\s?[:=]\s?\\?["']?)[^\s"'&,;}\\]{6,}`,
    String.raw`(:\/\/)[^\s/:@"']{1,100}:[^\s/@"']{1,200}(?=@)`,
  ].join("|"),
  "gi",
);

/**
 * The text with everything that looks like a key, token or password masked; its first letters stay.
 * Meant for log lines and for error texts of others. JSON stays JSON.
 */
export function redact(text: string): string {
  if (isHexadecimal(text) || clean.has(text)) return text;
  const masked = text.replace(secrets, (_whole, ...groups: unknown[]) => {
    const kept = groups.find((group) => typeof group === "string" && group !== "");
    return typeof kept === "string" ? kept + mask : mask;
  });
  if (masked === text && text.length <= longestKnown) know(text);
  return masked;
}

/** Short texts in which there was nothing to mask. A few names of models come with every request, and a search takes long. */
const clean = new Set<string>();
const [mostKnown, longestKnown] = [256, 64];

function know(text: string): void {
  if (clean.size === mostKnown) clean.clear();
  clean.add(text);
}

/** Ids of sessions are nothing but these, in which no alternative can begin. */
function isHexadecimal(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    const isDigit = code >= 0x30 && code <= 0x39;
    const isLetter = code >= 0x61 && code <= 0x66;
    if (!isDigit && !isLetter && code !== 0x2d) return false;
  }
  return true;
}
