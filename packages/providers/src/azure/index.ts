export { azureCloud, type AzureCloudOptions } from "./azure-cloud.ts";
