import { pgSchema } from "drizzle-orm/pg-core";

/** The schema that all of governance's tables are in, so that they meet no others in a shared database. */
export const drawbridgeSchema = pgSchema("drawbridge");
