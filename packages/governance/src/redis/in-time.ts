const failedMs = 20;

/** Waits for work so long; it goes on by itself, and that it failed is the same as that it is not done. */
export async function inTime(work: Promise<void>, ms: number): Promise<void> {
  const late = Promise.withResolvers<void>();
  const timer = setTimeout(late.resolve, ms);
  const done = work.catch(() => new Promise<void>((resolve) => setTimeout(resolve, failedMs)));
  await Promise.race([done, late.promise]);
  clearTimeout(timer);
}
