CREATE TABLE "drawbridge"."learned_rate" (
	"model" text PRIMARY KEY NOT NULL,
	"rates" jsonb NOT NULL,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL
);--> statement-breakpoint
SELECT drawbridge.grant_app('SELECT, INSERT, UPDATE, DELETE', 'drawbridge.learned_rate');
