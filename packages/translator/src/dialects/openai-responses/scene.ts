import { boundedId } from "../../conversation/call-ids.ts";
import { Scene } from "../../conversation/scene.ts";
import { openaiNames } from "../../conversation/wire-names.ts";
import type { ResponsesProfile } from "./profile.ts";

/** The longest `call_id`. Source: OpenAI refuses more ("string too long. Expected a string with maximum length 64"). */
const maxCallId = 64;

/** Everything that the parts of one encoding share. */
export class ResponsesScene extends Scene {
  readonly profile: ResponsesProfile;

  /** `webSearch` is false when the request wants a search that the provider's own cannot make. */
  constructor(profile: ResponsesProfile, webSearch: boolean) {
    super({
      toolNames: openaiNames,
      callId: (id) => boundedId(id, maxCallId),
      images: profile.images,
      imageUrls: true,
      pdfs: profile.files,
      documentUrls: profile.files,
      cacheMarks: profile.cacheBreakpoints ? "on-text" : "nowhere",
      webSearch,
      forcesTools: profile.toolChoiceRequired,
      parallelSwitch: profile.parallelToolCalls,
      maxTools: profile.maxTools,
      maxToolDescription: undefined,
    });
    this.profile = profile;
  }
}
