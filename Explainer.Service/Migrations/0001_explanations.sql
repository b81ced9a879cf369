-- Explanations of decisions, one partition a day (UTC), which retention drops whole.
CREATE TABLE explanations (
    decided_at    timestamptz      NOT NULL,
    request_id    text             NOT NULL,
    client_id     text             NOT NULL,
    subnet        text             NOT NULL,
    allowed       boolean          NOT NULL,
    decided_by    smallint         NOT NULL,
    reason        smallint         NOT NULL,
    policy        text             NOT NULL,
    backend       text             NOT NULL,
    prediction    double precision NOT NULL,
    refill_rate   double precision NOT NULL,
    base_value    double precision NOT NULL,
    shap          double precision[] NOT NULL,
    features      double precision[] NOT NULL,
    model_version text             NOT NULL,
    mode          text             NOT NULL,
    background_id text             NOT NULL,
    sampled       double precision NOT NULL
) PARTITION BY RANGE (decided_at);

CREATE INDEX explanations_request ON explanations (request_id);
CREATE INDEX explanations_time ON explanations (decided_at DESC);
CREATE INDEX explanations_client ON explanations (client_id, decided_at DESC);

-- What no day's partition takes, say of a clock that is days off: looked at, not lost.
CREATE TABLE explanations_other PARTITION OF explanations DEFAULT;
