CREATE SCHEMA IF NOT EXISTS "drawbridge";
--> statement-breakpoint
-- Who runs as this role can add to the books and cannot change what they say. Roles belong to the whole server: another
-- database may have made it, maybe at this moment, and where the owner may make none, triggers still guard the books.
DO $$
BEGIN
  BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'drawbridge_app') THEN
      CREATE ROLE drawbridge_app NOLOGIN;
    END IF;
  EXCEPTION WHEN duplicate_object OR unique_violation THEN
    NULL;
  END;
  IF NOT pg_has_role(current_user, 'drawbridge_app', 'MEMBER') THEN
    EXECUTE format('GRANT drawbridge_app TO %I', current_user);
  END IF;
EXCEPTION WHEN insufficient_privilege THEN
  RAISE NOTICE 'the role drawbridge_app cannot be made by %; make it and grant it to that role', current_user;
END
$$;
--> statement-breakpoint
-- Grants a privilege on a table to that role, where it is.
CREATE OR REPLACE FUNCTION drawbridge.grant_app(privileges text, target text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'drawbridge_app') THEN
    EXECUTE format('GRANT %s ON %s TO drawbridge_app', privileges, target);
  END IF;
END
$$;
--> statement-breakpoint
SELECT drawbridge.grant_app('USAGE', 'SCHEMA drawbridge');
