CREATE TABLE "drawbridge"."directory_audit" (
	"seq" bigint PRIMARY KEY NOT NULL,
	"version" bigint NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"actor" text NOT NULL,
	"action" text NOT NULL,
	"kind" text NOT NULL,
	"name" text NOT NULL,
	"before" jsonb,
	"after" jsonb,
	"hash" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "drawbridge"."directory_entry" (
	"kind" text NOT NULL,
	"name" text NOT NULL,
	"spec" jsonb NOT NULL,
	"managed_by" text NOT NULL,
	"version" bigint NOT NULL,
	CONSTRAINT "directory_entry_kind_name_pk" PRIMARY KEY("kind","name")
);
--> statement-breakpoint
CREATE TABLE "drawbridge"."directory_head" (
	"only" boolean PRIMARY KEY DEFAULT true NOT NULL,
	"version" bigint NOT NULL,
	"audit_seq" bigint NOT NULL,
	"audit_hash" text NOT NULL,
	CONSTRAINT "directory_head_only" CHECK ("drawbridge"."directory_head"."only")
);
--> statement-breakpoint
CREATE TABLE "drawbridge"."hash_key" (
	"only" boolean PRIMARY KEY DEFAULT true NOT NULL,
	"print" text NOT NULL,
	"value" text,
	CONSTRAINT "hash_key_only" CHECK ("drawbridge"."hash_key"."only")
);
--> statement-breakpoint
CREATE INDEX "directory_audit_version" ON "drawbridge"."directory_audit" USING btree ("version");--> statement-breakpoint
CREATE INDEX "directory_audit_entry" ON "drawbridge"."directory_audit" USING btree ("kind","name");--> statement-breakpoint
CREATE INDEX "directory_entry_version" ON "drawbridge"."directory_entry" USING btree ("version");--> statement-breakpoint
CREATE UNIQUE INDEX "directory_entry_digest" ON "drawbridge"."directory_entry" USING btree (("spec" ->> 'digest')) WHERE "drawbridge"."directory_entry"."kind" = 'key';--> statement-breakpoint
INSERT INTO drawbridge.directory_head (version, audit_seq, audit_hash) VALUES (0, 0, '');
--> statement-breakpoint
CREATE FUNCTION drawbridge.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'rows of % are only ever added', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END
$$;
--> statement-breakpoint
CREATE TRIGGER directory_audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON drawbridge.directory_audit
  FOR EACH STATEMENT EXECUTE FUNCTION drawbridge.refuse_change();
--> statement-breakpoint
SELECT drawbridge.grant_app('SELECT, UPDATE', 'drawbridge.directory_head');
--> statement-breakpoint
SELECT drawbridge.grant_app('SELECT, INSERT, UPDATE, DELETE', 'drawbridge.directory_entry');
--> statement-breakpoint
SELECT drawbridge.grant_app('SELECT, INSERT', 'drawbridge.directory_audit');
--> statement-breakpoint
SELECT drawbridge.grant_app('SELECT, INSERT', 'drawbridge.hash_key');
