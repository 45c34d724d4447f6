import { isGovernanceError } from "@drawbridge/governance";
import { isProviderSettingsError } from "@drawbridge/providers";

/** Why the gateway does not start. `message` is all that the person who started it needs; no stack is printed. */
export class StartError extends Error {
  override readonly name = "StartError";
  /** Files that the refused configuration refers to: a change of one may be what mends it. */
  readonly files: readonly string[];

  constructor(message: string, { files = [], ...options }: ErrorOptions & { files?: readonly string[] } = {}) {
    super(message, options);
    this.files = files;
  }
}

/** Tells a mistake of the person who starts from a defect of ours. */
export function isStartError(error: unknown): error is StartError {
  return error instanceof StartError;
}

/** Gives what `make` gives; an error that explains a wrong setting or argument becomes a StartError. */
export function explained<T>(make: () => T): T {
  try {
    return make();
  } catch (error) {
    throw startErrorOf(error);
  }
}

/** The same for what takes time. Errors of the system, such as a folder that may not be written, are explained as well. */
export async function explainedAsync<T>(make: () => Promise<T>): Promise<T> {
  try {
    return await make();
  } catch (error) {
    const ofSystem = error instanceof Error && "syscall" in error;
    throw ofSystem ? new StartError(error.message, { cause: error }) : startErrorOf(error);
  }
}

function startErrorOf(error: unknown): unknown {
  if (error instanceof TypeError || isGovernanceError(error) || isProviderSettingsError(error)) {
    return new StartError(error.message, { cause: error });
  }
  return error;
}
