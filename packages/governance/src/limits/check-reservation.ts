import { GovernanceError } from "../errors.ts";
import type { Reservation } from "./limit-store.ts";

/** Throws a GovernanceError for a reservation whose id or scopes no store takes. */
export function checkReservation({ id, partition = "", scopes }: Reservation): void {
  if (id === "" || id.includes("\n")) throw invalid("the id of a hold is one line of text, not empty; mint one");
  for (const [index, scope] of scopes.entries()) {
    if (scopes.findIndex((other) => other.id === scope.id) !== index) {
      throw invalid(`scope "${scope.id}" is given twice; give each once`);
    }
    if (scope.partition !== partition) {
      throw invalid(
        `scope "${scope.id}" is of the partition "${scope.partition}" and not of "${partition}"; make a hold of its own for it`,
      );
    }
  }
}

function invalid(message: string): GovernanceError {
  return new GovernanceError("invalid-reservation", message);
}
