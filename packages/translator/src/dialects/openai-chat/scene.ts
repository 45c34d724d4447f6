import { openaiNames } from "../../conversation/wire-names.ts";
import { Scene } from "../../conversation/scene.ts";
import { chatCallId } from "./chat-call-id.ts";
import type { ChatProfile } from "./profile.ts";

/** Everything that the parts of one encoding share. */
export class ChatScene extends Scene {
  readonly profile: ChatProfile;

  constructor(profile: ChatProfile) {
    super({
      toolNames: openaiNames,
      callId: (id) => chatCallId(id, profile.toolCallIds),
      images: profile.images,
      imageUrls: true,
      pdfs: profile.files,
      documentUrls: false,
      cacheMarks: profile.cacheControl || profile.cacheBreakpoints ? "on-text" : "nowhere",
      webSearch: profile.webSearch !== "none",
      forcesTools: profile.toolChoiceRequired,
      parallelSwitch: profile.parallelToolCalls,
      maxTools: profile.maxTools,
      maxToolDescription: profile.maxToolDescription,
    });
    this.profile = profile;
  }
}
