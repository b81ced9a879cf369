-- Overrides in force or ended, and who did what to them. The audit log is append-only, and the database sees to it.

CREATE TABLE limiter_overrides (
    id uuid PRIMARY KEY,
    client_id text NOT NULL,
    subnet cidr,
    domain text NOT NULL,
    refill_rate double precision,
    factor double precision,
    deny boolean NOT NULL,
    reason text NOT NULL,
    set_by text NOT NULL,
    set_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    ended_at timestamptz,
    request_ids text[] NOT NULL,
    CHECK ((client_id <> '') <> (subnet IS NOT NULL)),
    CHECK (num_nonnulls(refill_rate, factor) + deny::int = 1)
);

CREATE INDEX limiter_overrides_in_force ON limiter_overrides (expires_at) WHERE ended_at IS NULL;

CREATE TABLE limiter_override_audit (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL,
    action text NOT NULL CHECK (action IN ('set', 'removed', 'expired')),
    actor text NOT NULL,
    reason text NOT NULL,
    override_id uuid NOT NULL REFERENCES limiter_overrides (id)
);

CREATE FUNCTION limiter_audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'limiter_override_audit is append-only';
END $$;

CREATE TRIGGER limiter_override_audit_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON limiter_override_audit
    FOR EACH STATEMENT EXECUTE FUNCTION limiter_audit_is_append_only();
