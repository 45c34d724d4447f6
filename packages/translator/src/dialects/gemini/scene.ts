import { Scene } from "../../conversation/scene.ts";
import type { NameRule } from "../../conversation/wire-names.ts";
import type { GeminiProfile } from "./profile.ts";

/**
 * What Gemini takes as a function name. Source: the API's own refusal: "Must start with a letter or an underscore. Must
 * be alphameric (a-z, A-Z, 0-9), underscores (_), dots (.), colons (:), or dashes (-), with a maximum length of 64."
 */
const geminiNames: NameRule = {
  legal: /^[a-zA-Z_][a-zA-Z0-9_.:-]{0,63}$/,
  illegalCharacter: /[^a-zA-Z0-9_.:-]/g,
  maxLength: 64,
};

/** Everything that the parts of one encoding share. */
export class GeminiScene extends Scene {
  readonly profile: GeminiProfile;
  /** The provider's own name of the model. */
  readonly model: string;

  constructor(model: string, profile: GeminiProfile) {
    super({
      toolNames: geminiNames,
      callId: (id) => id,
      images: profile.media,
      imageUrls: true,
      pdfs: profile.media,
      documentUrls: true,
      cacheMarks: "nowhere",
      webSearch: true,
      forcesTools: true,
      parallelSwitch: false,
      maxTools: undefined,
      maxToolDescription: undefined,
    });
    this.model = model;
    this.profile = profile;
  }
}
