export { azureCloud, type AzureClientOptions, type AzureCloudOptions } from "./azure-cloud.ts";
