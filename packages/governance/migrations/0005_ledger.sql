CREATE TABLE "drawbridge"."ledger_entry" (
	"month" date NOT NULL,
	"request_id" text NOT NULL,
	"attempt" smallint NOT NULL,
	"kind" text NOT NULL,
	"adjustment" text NOT NULL,
	"admitted_at" timestamp with time zone NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"recorded_at" timestamp with time zone DEFAULT now() NOT NULL,
	"customer" text,
	"team" text,
	"user" text,
	"key_id" text NOT NULL,
	"key_name" text NOT NULL,
	"tags" jsonb NOT NULL,
	"session_id" text,
	"provider" text NOT NULL,
	"model" text NOT NULL,
	"model_asked" text NOT NULL,
	"credential" text NOT NULL,
	"nano_usd" bigint NOT NULL,
	"input_tokens" bigint,
	"output_tokens" bigint,
	"cache_read_tokens" bigint,
	"cache_write_5m_tokens" bigint,
	"cache_write_1h_tokens" bigint,
	"web_search_requests" bigint,
	"source" text NOT NULL,
	"outcome" text NOT NULL,
	"replica" text NOT NULL,
	"actor" text,
	"reason" text,
	CONSTRAINT "ledger_entry_request_id_attempt_kind_adjustment_month_pk" PRIMARY KEY("request_id","attempt","kind","adjustment","month")
) PARTITION BY RANGE ("month");
--> statement-breakpoint
CREATE INDEX "ledger_entry_admitted" ON "drawbridge"."ledger_entry" USING btree ("admitted_at");
--> statement-breakpoint
CREATE FUNCTION drawbridge.ledger_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'entries of the ledger are only ever added; correct one by another of the kind adjust';
END
$$;
--> statement-breakpoint
CREATE TRIGGER ledger_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON drawbridge.ledger_entry
FOR EACH STATEMENT EXECUTE FUNCTION drawbridge.ledger_append_only();
--> statement-breakpoint
-- Makes the partitions of months, the first and the last one included, that are not there. Runs as the owner of the tables,
-- so that who can only add entries can add those of a new month; it makes no more than twenty years at once.
CREATE FUNCTION drawbridge.ledger_months(first_month date, last_month date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
  this_month date := date_trunc('month', first_month);
  name text;
BEGIN
  IF last_month > first_month + interval '20 years' THEN
    RAISE EXCEPTION 'months from % to % are too many to make at once', first_month, last_month;
  END IF;
  WHILE this_month <= last_month LOOP
    name := 'ledger_entry_' || to_char(this_month, 'YYYY_MM');
    IF to_regclass(format('drawbridge.%I', name)) IS NULL THEN
      PERFORM pg_advisory_xact_lock(hashtextextended('drawbridge ledger months', 0));
      EXECUTE format('CREATE TABLE IF NOT EXISTS drawbridge.%I PARTITION OF drawbridge.ledger_entry
        FOR VALUES FROM (%L) TO (%L)', name, this_month, (this_month + interval '1 month')::date);
      EXECUTE format('CREATE OR REPLACE TRIGGER ledger_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON drawbridge.%I
        FOR EACH STATEMENT EXECUTE FUNCTION drawbridge.ledger_append_only()', name);
    END IF;
    this_month := (this_month + interval '1 month')::date;
  END LOOP;
END
$$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION drawbridge.ledger_months(date, date) FROM PUBLIC;
--> statement-breakpoint
SELECT drawbridge.grant_app('EXECUTE', 'FUNCTION drawbridge.ledger_months(date, date)');
--> statement-breakpoint
SELECT drawbridge.grant_app('SELECT, INSERT', 'drawbridge.ledger_entry');
--> statement-breakpoint
SELECT drawbridge.ledger_months(now()::date, (now() + interval '2 months')::date);
