export { googleCloud, type GoogleCloudOptions } from "./google-cloud.ts";
