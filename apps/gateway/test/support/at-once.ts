/**
 * How soon what is promised to happen at once has happened. It is measured in campaigns: elsewhere other processes take
 * the processor away for longer, so that only what would take minutes otherwise is told from it.
 */
export const atOnceMs = process.env["DRAWBRIDGE_CAMPAIGN"] === "1" ? 100 : 10_000;
