/** An address of either family as eight groups of 16 bits; IPv4 is `::ffff:a.b.c.d`, as it arrives on a socket for both. */
export type AddressGroups = readonly number[];

const mappedPrefix = [0, 0, 0, 0, 0, 0xff_ff];

/** Reads an IPv4 or IPv6 address, without zone, brackets or port; undefined when it is none. */
export function parseAddress(text: string): AddressGroups | undefined {
  if (!text.includes(":")) {
    const last = parseV4(text);
    return last && [...mappedPrefix, ...last];
  }
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
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1);
  if (parts === undefined || parts.some((part) => Number(part) > 255 || String(Number(part)) !== part))
    return undefined;
  const [a = 0, b = 0, c = 0, d = 0] = parts.map(Number);
  return [a * 256 + b, c * 256 + d];
}
