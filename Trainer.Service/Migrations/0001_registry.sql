-- The model registry: every model ever trained, what is served, and who changed that when.

CREATE TABLE registry_models (
    version          text PRIMARY KEY,
    created_at       timestamptz NOT NULL,
    kind             text NOT NULL CHECK (kind IN ('full', 'refit')),
    engine           text NOT NULL,
    reason           text NOT NULL,
    state            text NOT NULL CHECK (state IN ('candidate', 'rejected', 'shadow', 'canary', 'champion', 'previous', 'retired', 'quarantined')),
    parent_version   text REFERENCES registry_models,
    schema_hash      text NOT NULL,
    sha256           text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    model_text       bytea NOT NULL,
    data_hash        text NOT NULL,
    row_count        bigint NOT NULL CHECK (row_count >= 0),
    parameters       jsonb NOT NULL,
    metrics          jsonb NOT NULL,
    mae              double precision,
    violation_rate   double precision,
    ridge_mae        double precision,
    rejected_because text NOT NULL DEFAULT ''
);
CREATE INDEX registry_models_by_age ON registry_models (created_at DESC);
COMMENT ON COLUMN registry_models.mae IS 'R on the hold-out, relative';
COMMENT ON COLUMN registry_models.violation_rate IS 'wrongly throttled / decided in the hold-out''s windows';

-- A model's text and origin are written once: what was served can always be looked at again.
CREATE FUNCTION registry_models_are_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR (NEW.version, NEW.sha256, NEW.model_text, NEW.schema_hash, NEW.data_hash, NEW.created_at)
        IS DISTINCT FROM (OLD.version, OLD.sha256, OLD.model_text, OLD.schema_hash, OLD.data_hash, OLD.created_at) THEN
        RAISE EXCEPTION 'model % is registered: only its state may change', OLD.version;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER fixed BEFORE UPDATE OR DELETE ON registry_models FOR EACH ROW EXECUTE FUNCTION registry_models_are_fixed();

CREATE TABLE registry_gates (
    version    text NOT NULL REFERENCES registry_models,
    number     integer NOT NULL,
    gate       text NOT NULL,
    passed     boolean NOT NULL,
    numbers    jsonb NOT NULL,
    message    text NOT NULL,
    checked_at timestamptz NOT NULL,
    PRIMARY KEY (version, number)
);

-- One row. Its lock orders all changes of what is served.
CREATE TABLE registry_serving (
    only_row          boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    champion          text REFERENCES registry_models,
    previous          text REFERENCES registry_models,
    challenger        text REFERENCES registry_models,
    challenger_stage  text NOT NULL DEFAULT '' CHECK (challenger_stage IN ('', 'shadow', 'canary')),
    challenger_share  double precision NOT NULL DEFAULT 0 CHECK (challenger_share BETWEEN 0 AND 1),
    salt              text NOT NULL DEFAULT '',
    stage_since       timestamptz,
    promoted_at       timestamptz,
    watch_until       timestamptz,
    promotion_stopped boolean NOT NULL DEFAULT false,
    CHECK ((challenger IS NULL) = (challenger_stage = '')),
    CHECK (challenger IS DISTINCT FROM champion OR champion IS NULL)
);
INSERT INTO registry_serving DEFAULT VALUES;
COMMENT ON COLUMN registry_serving.watch_until IS 'the champion may be taken back until then; null: it is not watched';

-- Append-only; each hash covers the entry and the hash before it.
CREATE TABLE registry_history (
    number        bigint PRIMARY KEY,
    at            timestamptz NOT NULL,
    event         text NOT NULL CHECK (event IN ('registered', 'rejected', 'shadow', 'canary', 'promoted', 'rolled_back', 'quarantined')),
    version       text NOT NULL REFERENCES registry_models,
    actor         text NOT NULL,
    reason        text NOT NULL,
    previous_hash text NOT NULL,
    hash          text NOT NULL UNIQUE
);
CREATE FUNCTION registry_history_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'registry_history is append-only';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON registry_history
    FOR EACH STATEMENT EXECUTE FUNCTION registry_history_is_append_only();

-- Requests for a training. One that was started and never finished was cut off, and is run again.
CREATE TABLE registry_trainings (
    run_id       text PRIMARY KEY,
    key          text UNIQUE,
    reason       text NOT NULL,
    detail       text NOT NULL,
    requested_at timestamptz NOT NULL,
    started_at   timestamptz,
    finished_at  timestamptz,
    result       text NOT NULL DEFAULT '',
    version      text,
    message      text NOT NULL DEFAULT ''
);
CREATE INDEX registry_trainings_by_start ON registry_trainings (started_at DESC);
COMMENT ON COLUMN registry_trainings.key IS 'what tripped it, so that a replayed trip starts nothing twice';
COMMENT ON COLUMN registry_trainings.result IS 'promoted, rejected, failed; empty: not finished';
