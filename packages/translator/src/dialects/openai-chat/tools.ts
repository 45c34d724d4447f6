import type { OfferedTool } from "../../conversation/offered-tools.ts";
import { functionParameters, qualifiesForStrict, type JsonSchema } from "../../conversation/schema.ts";
import type { ChatTool } from "./chat-request.ts";
import { reasons } from "./reasons.ts";
import type { ChatScene } from "./scene.ts";

/** Writes a tool as a function. */
export function encodeTool({ name, description, inputSchema, tool, path }: OfferedTool, scene: ChatScene): ChatTool {
  const parameters = functionParameters(inputSchema);
  return {
    type: "function",
    function: {
      name,
      ...(description === "" ? {} : { description }),
      parameters,
      ...(tool.strict === true && takesStrict(parameters, path, scene) ? { strict: true } : {}),
    },
  };
}

function takesStrict(parameters: JsonSchema, path: string, scene: ChatScene): boolean {
  const takes = scene.profile.structuredOutput && qualifiesForStrict(parameters);
  if (!takes) scene.drops.add(`${path}.strict`, reasons.strictTool);
  return takes;
}
