/** An address of either family as eight groups of 16 bits; IPv4 is `::ffff:a.b.c.d`, as it arrives on a socket for both. */
export type AddressGroups = readonly number[];

/** How most sockets write an IPv4 address. */
const mappedHead = "::ffff:";
const mappedPrefix = [0, 0, 0, 0, 0, 0xff_ff];

/** Reads an IPv4 or IPv6 address, without zone, brackets or port; undefined when it is none. */
export function parseAddress(text: string): AddressGroups | undefined {
  const last = parseV4(text.startsWith(mappedHead) ? text.slice(mappedHead.length) : text);
  return last === undefined ? parseV6(text) : [...mappedPrefix, ...last];
}

function parseV6(text: string): AddressGroups | undefined {
  if (!text.includes(":")) return undefined;
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map((half) => (half === "" ? [] : half.split(":")));
  if (head === undefined) return undefined;
  // Only what stands last in the whole address may be written as IPv4.
  const front = parseGroups(head, tail === undefined);
  if (tail === undefined) return front?.length === groupCount ? front : undefined;
  const back = parseGroups(tail, true);
  if (front === undefined || back === undefined) return undefined;
  const zeros = groupCount - front.length - back.length;
  return zeros < 1 ? undefined : [...front, ...Array<number>(zeros).fill(0), ...back];
}

const groupCount = 8;

function parseGroups(texts: readonly string[], endsAddress: boolean): number[] | undefined {
  const groups: number[] = [];
  for (const [index, text] of texts.entries()) {
    if (endsAddress && index === texts.length - 1 && text.includes(".")) {
      const last = parseV4(text);
      if (last === undefined) return undefined;
      groups.push(...last);
    } else if (/^[\da-f]{1,4}$/i.test(text)) groups.push(Number.parseInt(text, 16));
    else return undefined;
  }
  return groups;
}

/** Leading zeros are refused: some read `010` as eight. */
function parseV4(text: string): [number, number] | undefined {
  let address = 0;
  let dots = 0;
  let part = 0;
  let digits = 0;
  for (let at = 0; at <= text.length; at++) {
    const digit = text.charCodeAt(at) - zero;
    if (digit >= 0 && digit <= 9) {
      if (digits > 0 && part === 0) return undefined;
      part = part * 10 + digit;
      digits += 1;
      if (part > 255) return undefined;
    } else {
      if (digits === 0 || (at < text.length && text[at] !== ".")) return undefined;
      address = address * 256 + part;
      dots += 1;
      part = 0;
      digits = 0;
    }
  }
  return dots === 4 ? [Math.floor(address / 65_536), address % 65_536] : undefined;
}

const zero = 0x30;
