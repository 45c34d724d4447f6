import { randomBytes } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { StartError } from "../start-error.ts";

const stateSchema = z.strictObject({
  version: z.literal(1),
  /** Under which virtual keys are hashed. Without it nobody can try keys against the hashes. */
  hashKey: z.base64url(),
  keys: z.array(z.strictObject({ name: z.string(), digest: z.string(), createdAt: z.string() })),
});

/** What a gateway without a database remembers between two starts: keyed hashes of its keys, never a key. */
export type State = Readonly<z.infer<typeof stateSchema>>;

const hashKeyBytes = 32;

/** Reads the state, or makes a new one with a random hash key. Throws a StartError that names the file when it is damaged. */
export async function readState(directory: string): Promise<State> {
  return (await storedState(directory)) ?? newState();
}

/** The state that is stored; undefined when there is none. */
export async function storedState(directory: string): Promise<State | undefined> {
  const file = stateFile(directory);
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
  try {
    return stateSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new StartError(`${file} is damaged; move it away (its virtual keys become invalid) and start again`, {
      cause,
    });
  }
}

function newState(): State {
  return { version: 1, hashKey: randomBytes(hashKeyBytes).toString("base64url"), keys: [] };
}

/** Writes the state in one step, readable by this user alone. */
export async function writeState(directory: string, state: State): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const file = stateFile(directory);
  const draft = `${file}.${process.pid}.new`;
  await writeFile(draft, `${JSON.stringify(state, undefined, 2)}\n`, { mode: 0o600 });
  await rename(draft, file);
}

function stateFile(directory: string): string {
  return path.join(directory, "state.json");
}
