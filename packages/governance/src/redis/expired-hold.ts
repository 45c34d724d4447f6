import { chargeOf, type HoldRecord } from "../limits/hold-record.ts";
import type { ExpiredHold } from "../limits/limit-store.ts";
import { scopesOfMeters } from "../limits/rule-of-meter.ts";

/** A hold that has expired, as a sweep tells of it. */
export function expiredHold(record: HoldRecord): ExpiredHold {
  const { id, partition, limits } = record;
  const { nanoUsd, inputTokens, outputTokens } = chargeOf(record);
  const charged = { nanoUsd, inputTokens, outputTokens };
  return { id, partition, charged, scopes: scopesOfMeters(limits.map(({ meter }) => meter)) };
}
