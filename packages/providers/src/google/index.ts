export { googleCloud } from "./google-cloud.ts";
