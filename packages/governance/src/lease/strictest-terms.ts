import type { LeaseMode, LeaseTerms, WhenSpent } from "./lease-request.ts";

/** The stricter of two; of a term that only one of them has, that one. */
export function strictestTerms(one: Partial<LeaseTerms>, other: Partial<LeaseTerms>): Partial<LeaseTerms> {
  const mode = stricter<LeaseMode>("strict", one.mode, other.mode);
  const whenSpent = stricter<WhenSpent>("cut", one.whenSpent, other.whenSpent);
  return { ...(mode && { mode }), ...(whenSpent && { whenSpent }) };
}

function stricter<Term>(strict: Term, one: Term | undefined, other: Term | undefined): Term | undefined {
  return one === strict ? one : (other ?? one);
}
