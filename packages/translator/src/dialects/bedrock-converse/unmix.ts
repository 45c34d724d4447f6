/** A message whose blocks are objects with one key each. */
export interface BlockMessage<Block extends object> {
  readonly role: "user" | "assistant";
  readonly content: readonly Block[];
}

interface Words {
  readonly text: string;
}

const understood: BlockMessage<Words> = { role: "assistant", content: [{ text: "Understood." }] };
const goOn: BlockMessage<Words> = { role: "user", content: [{ text: "Go on." }] };

/**
 * Parts a message in which words stand beside calls or results, for models that refuse such: "Conversation blocks and
 * tool use blocks cannot be provided in the same turn." All others come back as they are.
 */
export function unmix<Block extends object>(message: BlockMessage<Block>): readonly BlockMessage<Block | Words>[] {
  const { role, content } = message;
  const tools = content.filter(isToolBlock);
  const words = content.filter((block) => !isToolBlock(block));
  if (tools.length === 0 || words.length === 0) return [message];
  const spoken = { role, content: words };
  const worked = { role, content: tools };
  return role === "assistant" ? [spoken, goOn, worked] : [worked, understood, spoken];
}

function isToolBlock(block: object): boolean {
  return "toolUse" in block || "toolResult" in block;
}
