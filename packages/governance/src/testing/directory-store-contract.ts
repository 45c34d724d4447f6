import { beforeEach, describe } from "vitest";
import type { GovernedCheck } from "../directory-store/check-edits.ts";
import { GovernanceError } from "../errors.ts";
import { directoryCeilingContract } from "./directory-ceiling-contract.ts";
import { directoryChangeContract } from "./directory-change-contract.ts";
import { directoryFileContract } from "./directory-file-contract.ts";
import { directoryRefusalContract } from "./directory-refusal-contract.ts";
import { admin, type DirectoryKind, type DirectoryScene, type OpenedDirectory } from "./directory-scene.ts";
import { directorySharingContract } from "./directory-sharing-contract.ts";

/** What every directory store promises. Each kind runs it. */
export function directoryStoreContract(kind: DirectoryKind): void {
  describe(kind.name, () => {
    let opened: OpenedDirectory;
    beforeEach(async () => {
      opened = await kind.open({ clock: Date.now, check });
      return opened.close;
    });
    const scene: DirectoryScene = {
      open: (opening) => kind.open(opening),
      get store() {
        return opened.store;
      },
      get again() {
        return opened.again;
      },
      change: (change) => opened.store.change(admin, change),
      directory: async () => (await opened.store.load()).governed.directory,
    };
    directoryChangeContract(scene);
    directoryRefusalContract(scene);
    directoryCeilingContract(scene);
    directoryFileContract(scene);
    directorySharingContract(scene);
  });
}

const check: GovernedCheck = ({ rules }) => {
  const elsewhere = rules.find(({ when }) => when?.includes("elsewhere") === true);
  if (elsewhere !== undefined) throw new GovernanceError("invalid-rule", `rule "${elsewhere.name}" is for elsewhere`);
};
