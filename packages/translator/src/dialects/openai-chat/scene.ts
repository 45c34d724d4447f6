import { Drops } from "../drops.ts";
import { CallIds } from "./call-ids.ts";
import { WireNames } from "./names.ts";
import type { ChatProfile } from "./profile.ts";
import { reasons } from "./reasons.ts";

/** Everything that the parts of one encoding share. */
export class Scene {
  readonly profile: ChatProfile;
  readonly drops = new Drops();
  readonly names = new WireNames();
  readonly ids: CallIds;
  /** False when earlier tool calls must be told as text. */
  callsTools = true;

  constructor(profile: ChatProfile) {
    this.profile = profile;
    this.ids = new CallIds(profile.toolCallIds);
  }

  /** True when cache markers on text reach the server. */
  get marksCache(): boolean {
    return this.profile.cacheControl || this.profile.cacheBreakpoints;
  }

  /** Notes a cache marker that stays behind: once a request when none is taken, else by its place. */
  dropCacheMark(path: string): void {
    if (this.marksCache) this.drops.add(path, reasons.cacheControlHere);
    else this.drops.add("cache_control", reasons.cacheControl);
  }
}
