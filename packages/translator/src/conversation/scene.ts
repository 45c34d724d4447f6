import { CallIds } from "./call-ids.ts";
import { Drops } from "./drops.ts";
import { reasons } from "./reasons.ts";
import type { ConversationRules } from "./rules.ts";
import { WireNames } from "./wire-names.ts";

/** Everything that the parts of one encoding share. */
export class Scene {
  readonly rules: ConversationRules;
  readonly drops = new Drops();
  readonly names: WireNames;
  readonly ids: CallIds;
  /** False when earlier tool calls must be told as text. */
  callsTools = true;

  constructor(rules: ConversationRules) {
    this.rules = rules;
    this.names = new WireNames(rules.toolNames);
    this.ids = new CallIds(rules.callId);
  }

  /** Notes a cache marker that stays behind: once a request when none is taken, else by its place. */
  dropCacheMark(path: string): void {
    if (this.rules.cacheMarks === "nowhere") this.drops.add("cache_control", reasons.cacheControl);
    else this.drops.add(path, reasons.cacheControlHere);
  }
}
