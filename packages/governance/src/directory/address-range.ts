import { type AddressGroups, parseAddress } from "./parse-address.ts";

/** Addresses that share their first bits. */
export interface AddressRange {
  readonly network: AddressGroups;
  readonly bits: number;
}

/**
 * Reads `10.0.0.0/8`, `2001:db8::/32` or a single address. A text comes back when it is none: what is wrong, as the end
 * of a sentence. IPv4 addresses match however they are written, also as `::ffff:10.0.0.1`.
 */
export function parseAddressRange(text: string): AddressRange | string {
  const [address = "", length, ...rest] = text.split("/");
  const groups = parseAddress(address);
  const isV4 = !address.includes(":");
  const most = isV4 ? 32 : 128;
  if (groups === undefined || rest.length > 0)
    return "is no address or range; give one like 10.0.0.0/8 or 2001:db8::/32";
  if (length !== undefined && !(/^\d{1,3}$/.test(length) && Number(length) <= most)) {
    return `ends in /${length}; give a whole number from 0 to ${most}`;
  }
  const bits = (isV4 ? mappedBits : 0) + (length === undefined ? most : Number(length));
  if (groups.some((group, index) => (group & ~maskOf(index, bits)) !== 0)) {
    return `names one address of its range; give the range's first, or the address without /${length ?? most}`;
  }
  return { network: groups, bits };
}

const mappedBits = 96;

/** Tells whether an address as it comes from a socket lies in one of the ranges. */
export function inRanges(address: string, ranges: readonly AddressRange[]): boolean {
  const zone = address.indexOf("%");
  const groups = parseAddress(zone === -1 ? address : address.slice(0, zone));
  return groups !== undefined && ranges.some((range) => liesIn(groups, range));
}

/** Looks at the groups that the range says something of. */
function liesIn(groups: AddressGroups, { network, bits }: AddressRange): boolean {
  for (let index = 0; index * 16 < bits; index++) {
    if ((((groups[index] ?? 0) ^ (network[index] ?? 0)) & maskOf(index, bits)) !== 0) return false;
  }
  return true;
}

/** The bits of a group that belong to the network. */
function maskOf(index: number, bits: number): number {
  const own = Math.min(16, Math.max(0, bits - index * 16));
  return (0xff_ff << (16 - own)) & 0xff_ff;
}
