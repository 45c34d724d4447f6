import { boundedId } from "../../conversation/call-ids.ts";
import { Scene } from "../../conversation/scene.ts";
import { openaiNames, type NameRule } from "../../conversation/wire-names.ts";
import type { CacheControl } from "../../messages/content.ts";
import type { CachePoint } from "./converse-request.ts";
import { documentName } from "./document-name.ts";
import type { ConverseProfile } from "./profile.ts";
import { reasons } from "./reasons.ts";

/** Source: `ToolUseBlock.toolUseId` in the API reference of Amazon Bedrock; the pattern `[a-zA-Z0-9_-]+`. */
const legalId = /^[a-zA-Z0-9_-]+$/;
const maxIdLength = 64;
/** Source: `ToolSpecification.name` there; the same rule as OpenAI's. */
const names: NameRule = openaiNames;
/** Source: Amazon Bedrock User Guide, "Prompt caching". */
const maxCachePoints = 4;

/** Everything that the parts of one encoding share. */
export class ConverseScene extends Scene {
  readonly profile: ConverseProfile;
  readonly model: string;
  readonly #documents = new Set<string>();
  #cachePoints = 0;

  constructor(profile: ConverseProfile, model: string) {
    super({
      toolNames: names,
      callId: (id) => boundedId(id, maxIdLength, legalId),
      images: profile.images,
      imageUrls: false,
      pdfs: profile.documents,
      documentUrls: false,
      cacheMarks: profile.cachePoints.length > 0 ? "anywhere" : "nowhere",
      webSearch: false,
      forcesTools: profile.toolChoices.includes("any") || profile.toolChoices.includes("tool"),
      parallelSwitch: false,
      maxTools: undefined,
      maxToolDescription: undefined,
    });
    this.profile = profile;
    this.model = model;
  }

  /** Where no point can stand at all the reason is the model's. */
  override dropCacheMark(path: string): void {
    if (this.profile.cachePoints.length === 0) this.drops.add("cache_control", reasons.cacheControl);
    else this.drops.add(path, reasons.cachePlace);
  }

  /** The cache point for a marker of the client's; undefined, and reported, when none can stand there. */
  cachePoint(section: "system" | "tools" | "messages", mark: CacheControl): CachePoint | undefined {
    const { cachePoints, cacheHour } = this.profile;
    if (!cachePoints.includes(section)) {
      this.dropCacheMark(`${section}[*].cache_control`);
      return undefined;
    }
    if (this.#cachePoints === maxCachePoints) {
      this.drops.add(`${section}[*].cache_control`, reasons.cacheCount);
      return undefined;
    }
    this.#cachePoints += 1;
    if (mark.ttl !== "1h") return { cachePoint: { type: "default" } };
    if (cacheHour) return { cachePoint: { type: "default", ttl: "1h" } };
    this.drops.add("cache_control.ttl", reasons.cacheHour);
    return { cachePoint: { type: "default" } };
  }

  /** A name for a document, which Bedrock wants to be another than that of every document before it. */
  documentName(title: string): string {
    const name = documentName(title, this.#documents);
    this.#documents.add(name);
    return name;
  }
}
