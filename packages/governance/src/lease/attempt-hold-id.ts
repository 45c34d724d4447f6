/** The id of an attempt's own hold, out of that of its lease. */
export function attemptHoldId(leaseId: string, attempt: number): string {
  return `${leaseId}.${attempt}`;
}

/** True for the id of an attempt's hold; ids of leases have no point in them. */
export function isAttemptHoldId(id: string): boolean {
  return id.includes(".");
}

/** The id of the lease that a hold belongs to, its own or that of one of its attempts. */
export function leaseIdOf(holdId: string): string {
  const point = holdId.indexOf(".");
  return point === -1 ? holdId : holdId.slice(0, point);
}
