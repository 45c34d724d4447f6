/** The keys of a partition: what it counts, what is due, and two sets of ids that have ended. All in one hash slot. */
export function partitionKeys(prefix: string, partition: string): readonly string[] {
  // What Redis takes for the hash tag ends with the first brace and is not empty.
  const tag = `${prefix}:{p ${partition.replaceAll("%", "%25").replaceAll("}", "%7D")}}`;
  return ["d", "x", "c0", "c1"].map((name) => `${tag}:${name}`);
}
