export { awsCloud, type AwsCloudOptions } from "./aws-cloud.ts";
