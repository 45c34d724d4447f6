import { BlockList, isIP } from "node:net";
import fc from "fast-check";
import { expect, test } from "vitest";
import { inRanges, parseAddressRange } from "./address-range.ts";

function within(address: string, range: string): boolean {
  const parsed = parseAddressRange(range);
  if (typeof parsed === "string") throw new Error(`${range} ${parsed}`);
  return inRanges(address, [parsed]);
}

test.each([
  ["10.1.2.3", "10.0.0.0/8", true],
  ["10.1.2.3", "10.1.2.3", true],
  ["10.1.2.3", "10.1.2.4/31", false],
  ["::ffff:10.1.2.3", "10.0.0.0/8", true],
  ["::FFFF:0a01:0203", "10.0.0.0/8", true],
  ["10.1.2.3", "::ffff:10.0.0.0/104", true],
  ["10.1.2.3", "0.0.0.0/0", true],
  ["2001:db8::1", "0.0.0.0/0", false],
  ["2001:db8::1", "2001:db8::/32", true],
  ["2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db8::/32", true],
  ["2001:db9::", "2001:db8::/32", false],
  ["fe80::1%eth0", "fe80::/10", true],
  ["::1", "::1", true],
  ["::1", "::/0", true],
  ["1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8/128", true],
  ["", "0.0.0.0/0", false],
  ["localhost", "::/0", false],
  ["10.1.2.3:443", "10.0.0.0/8", false],
])("%s lies in %s: %s", (address, range, expected) => {
  expect(within(address, range)).toBe(expected);
});

test.each([
  ["10.0.0.0/33", /whole number from 0 to 32/],
  ["2001:db8::/129", /whole number from 0 to 128/],
  ["10.0.0.0/", /ends in \//],
  ["10.0.0.0/8/8", /no address or range/],
  ["10.0.0.5/8", /names one address of its range/],
  ["010.0.0.1", /no address or range/],
  ["10.0.0", /no address or range/],
  ["256.0.0.1", /no address or range/],
  ["1::2::3", /no address or range/],
  ["1:2:3:4:5:6:7:8:9", /no address or range/],
  ["1:2:3:4:5:6:7::8", /no address or range/],
  ["12345::", /no address or range/],
  ["1.2.3.4::", /no address or range/],
  ["::1.2.3.4:5", /no address or range/],
  ["fe80::1%eth0", /no address or range/],
  ["*", /no address or range/],
])("refuses %s as a range", (range, why) => {
  expect(parseAddressRange(range)).toMatch(why);
});

const v4 = fc.ipV4();
const v6 = fc.ipV6();

test("takes every address that Node takes, and answers for every range as Node's block list does", () => {
  fc.assert(
    fc.property(fc.oneof(v4, v6), fc.oneof(v4, v6), fc.nat(128), (address, network, length) => {
      const family = isIP(network) === 4 ? "ipv4" : "ipv6";
      const bits = family === "ipv4" ? length % 33 : length;
      const first = firstOf(network, bits);
      const list = new BlockList();
      list.addSubnet(first, bits, family);
      const own = isIP(address) === 4 ? "ipv4" : "ipv6";
      if (own === family) expect(within(address, `${first}/${bits}`)).toBe(list.check(address, own));
      expect(within(network, `${first}/${bits}`)).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});

/** The first address of the range that an address lies in, by arithmetic of its own. */
function firstOf(address: string, bits: number): string {
  if (isIP(address) === 4) {
    const number = address.split(".").reduce((sum, part) => sum * 256n + BigInt(part), 0n);
    const first = (number >> BigInt(32 - bits)) << BigInt(32 - bits);
    return [24n, 16n, 8n, 0n].map((shift) => (first >> shift) & 255n).join(".");
  }
  const hex = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [head = "", tail] = hex.split("::");
  const front = head === "" ? [] : head.split(":");
  const back = tail === undefined || tail === "" ? [] : tail.split(":");
  const groups = [...front, ...Array<string>(8 - front.length - back.length).fill("0"), ...back];
  const number = groups.reduce((sum, group) => sum * 65_536n + BigInt(`0x${group}`), 0n);
  const first = (number >> BigInt(128 - bits)) << BigInt(128 - bits);
  return Array.from({ length: 8 }, (_, at) => ((first >> BigInt(112 - at * 16)) & 0xffffn).toString(16)).join(":");
}
