import { Secret } from "@drawbridge/providers";
import { z } from "zod";

/** An empty secret is none: that is what `${VAR:-}` gives where the variable is not set. */
export const optionalSecret = z
  .string()
  .transform((value) => (value === "" ? undefined : new Secret(value)))
  .meta({ shape: "secret" });

/** Text that may be left out; empty is the same as none. */
export const optionalText = z.string().transform((value) => (value === "" ? undefined : value));

const awsSchema = z.strictObject({
  profile: optionalText.exactOptional().meta({
    description: "Profile of the shared AWS configuration, whatever it says: keys, SSO, a role.",
  }),
  accessKeyId: optionalSecret.exactOptional().meta({ description: "Access key, with `secretAccessKey`." }),
  secretAccessKey: optionalSecret.exactOptional().meta({ description: "Secret of the access key." }),
  sessionToken: optionalSecret.exactOptional().meta({ description: "Session token of temporary keys." }),
  roleArn: optionalText.exactOptional().meta({ description: "Role to be assumed." }),
  externalId: optionalSecret.exactOptional().meta({ description: "External id that the role asks for." }),
  roleSessionName: optionalText.exactOptional().meta({ description: "Name under which the role is assumed." }),
});

const googleSchema = z.strictObject({
  keyFile: optionalText.exactOptional().meta({
    description: "Path of a service account's key or of a workload identity configuration.",
  }),
  key: optionalSecret.exactOptional().meta({ description: "Content of such a file." }),
  impersonate: optionalText.exactOptional().meta({ description: "Service account to be impersonated." }),
});

const azureSchema = z.strictObject({
  tenantId: optionalText.exactOptional().meta({ description: "Tenant of Entra ID." }),
  clientId: optionalText.exactOptional().meta({ description: "Application, or the identity's client id." }),
  clientSecret: optionalSecret.exactOptional().meta({ description: "Secret of the application." }),
  managedIdentity: z.boolean().exactOptional().meta({ description: "Uses the managed identity." }),
});

/** What calls are authorised with, at a provider or in its list of credentials. */
export const credentialFields = {
  apiKey: optionalSecret.exactOptional().meta({ description: "Credential; empty is the same as none." }),
  aws: awsSchema.exactOptional().meta({
    description: "How calls to AWS are authorised; what is left out is found as the AWS SDK finds it.",
  }),
  google: googleSchema.exactOptional().meta({
    description: "How calls to Google Cloud are authorised; else Application Default Credentials.",
  }),
  azure: azureSchema.exactOptional().meta({
    description: "How calls to Azure are authorised by Entra ID; else its default credential.",
  }),
};

/** One of several credentials of a provider. */
export const credentialSchema = z.strictObject({
  name: z.string().min(1).exactOptional().meta({ description: "Unique; stands in logs." }),
  weight: z.number().positive().exactOptional().meta({ description: "Share of the sessions.", fallback: 1 }),
  models: z.array(z.string().min(1)).exactOptional().meta({
    description: "Globs of the models that it serves; all when left out.",
    shape: "list of globs",
  }),
  region: optionalText.exactOptional().meta({ description: "Region of its calls." }),
  ...credentialFields,
});
