CREATE TABLE "drawbridge"."limit_hold" (
	"partition" text NOT NULL,
	"id" text NOT NULL,
	"state" text NOT NULL,
	"at_ms" bigint NOT NULL,
	"nano_usd" bigint NOT NULL,
	"input_tokens" bigint NOT NULL,
	"output_tokens" bigint NOT NULL,
	"entries" jsonb NOT NULL,
	CONSTRAINT "limit_hold_partition_id_pk" PRIMARY KEY("partition","id")
);
--> statement-breakpoint
CREATE TABLE "drawbridge"."limit_partition" (
	"partition" text PRIMARY KEY NOT NULL,
	"now_ms" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "drawbridge"."limit_slot" (
	"partition" text NOT NULL,
	"meter" text NOT NULL,
	"start_ms" bigint NOT NULL,
	"end_ms" bigint,
	"settled" bigint NOT NULL,
	"held" bigint NOT NULL,
	"holds" integer NOT NULL,
	CONSTRAINT "limit_slot_partition_meter_start_ms_pk" PRIMARY KEY("partition","meter","start_ms")
);
--> statement-breakpoint
CREATE INDEX "limit_hold_state" ON "drawbridge"."limit_hold" USING btree ("state","at_ms");--> statement-breakpoint
CREATE INDEX "limit_slot_end" ON "drawbridge"."limit_slot" USING btree ("end_ms");