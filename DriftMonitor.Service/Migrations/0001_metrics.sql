-- Telemetry: one row per client, backend and window of event time. The first six columns are fixed; request_ts is the window's start.
CREATE TABLE claw_metrics (
    request_ts            timestamptz      NOT NULL,
    request_volume        double precision NOT NULL,
    avg_latency           double precision NOT NULL,
    client_risk           double precision NOT NULL,
    hour_of_day           double precision NOT NULL,
    actual_refill_rate    double precision,               -- tokens/s; NULL: the backend was not observed
    request_size          double precision NOT NULL,
    ip_reputation         double precision NOT NULL,
    client_id             text             NOT NULL,
    policy                text             NOT NULL,
    backend               text             NOT NULL,      -- the policy where it names none
    decisions             bigint           NOT NULL,
    denied                bigint           NOT NULL,
    wrongly_throttled     bigint           NOT NULL,
    over_admitted         double precision NOT NULL,      -- requests
    predicted_refill_rate double precision,               -- NULL: no model
    refill_rate           double precision NOT NULL,
    y_lo                  double precision,
    y_hi                  double precision,
    label_quality         double precision NOT NULL,      -- 0: no label
    limited               boolean          NOT NULL,
    probes                bigint           NOT NULL,
    probes_ok             bigint           NOT NULL,
    propensity            double precision NOT NULL,      -- 0: not randomised
    arm                   text             NOT NULL,
    model_version         text             NOT NULL,
    schema_hash           text             NOT NULL,
    PRIMARY KEY (request_ts, backend, client_id)
) PARTITION BY RANGE (request_ts);

-- The same windows summed per arm: what detectors, canary and watch read, from whichever replica wrote it.
CREATE TABLE drift_windows (
    window_start       timestamptz      NOT NULL,
    window_end         timestamptz      NOT NULL,
    backend            text             NOT NULL,
    arm                text             NOT NULL,
    model_version      text             NOT NULL,
    decisions          bigint           NOT NULL,
    denied             bigint           NOT NULL,
    wrongly_throttled  bigint           NOT NULL,
    over_admitted      double precision NOT NULL,
    admitted           bigint           NOT NULL,
    reported           bigint           NOT NULL,
    failures           bigint           NOT NULL,
    clamped            bigint           NOT NULL,
    error_count        bigint           NOT NULL,
    error_sum          double precision NOT NULL,
    scale_sum          double precision NOT NULL,
    error_squared      double precision NOT NULL,
    error_times_scale  double precision NOT NULL,
    scale_squared      double precision NOT NULL,
    latencies          integer[]        NOT NULL,
    capacity_lower     double precision NOT NULL,
    capacity_upper     double precision NOT NULL,
    congested          boolean          NOT NULL,
    PRIMARY KEY (window_start, backend, arm, model_version)
);

-- Open windows with the offsets up to which they hold, written with the rows. version fences off a consumer that lost the partition.
CREATE TABLE drift_checkpoints (
    partition         integer     PRIMARY KEY,
    version           bigint      NOT NULL,
    log_identity      text        NOT NULL,
    decisions_offset  bigint      NOT NULL,
    outcomes_offset   bigint      NOT NULL,
    state             bytea       NOT NULL,
    labelled_through  timestamptz,
    rows_written      bigint      NOT NULL,
    late              bigint      NOT NULL,
    duplicates        bigint      NOT NULL,
    unmatched         bigint      NOT NULL,
    dropped           bigint      NOT NULL,
    updated_at        timestamptz NOT NULL
);

-- Judged detector windows: the detectors' state is what they have seen, so replaying these restores it.
CREATE TABLE drift_detector_windows (
    window_start       timestamptz      PRIMARY KEY,
    window_end         timestamptz      NOT NULL,
    model_version      text             NOT NULL,
    error_count        bigint           NOT NULL,
    error_sum          double precision NOT NULL,
    scale_sum          double precision NOT NULL,
    error_squared      double precision NOT NULL,
    error_times_scale  double precision NOT NULL,
    scale_squared      double precision NOT NULL,
    decisions          bigint           NOT NULL,
    denied             bigint           NOT NULL,
    wrongly_throttled  bigint           NOT NULL,
    over_admitted      double precision NOT NULL,
    admitted           bigint           NOT NULL,
    reported           bigint           NOT NULL,
    validation_error      double precision NOT NULL,
    validation_violations double precision NOT NULL,
    verdict            text             NOT NULL,
    readings           jsonb            NOT NULL          -- of detectors that look at more than windows
);

CREATE TABLE drift_alerts (
    id            uuid             PRIMARY KEY,
    at            timestamptz      NOT NULL,
    name          text             NOT NULL,
    severity      text             NOT NULL,
    message       text             NOT NULL,
    detector      text             NOT NULL,
    value         double precision NOT NULL,
    limit_value   double precision NOT NULL,
    observations  bigint           NOT NULL,
    model_version text             NOT NULL,
    followed_by   text             NOT NULL,
    request_ids   text[]           NOT NULL,
    published     boolean          NOT NULL
);
CREATE INDEX drift_alerts_at ON drift_alerts (at DESC);

CREATE TABLE drift_trips (
    key        text        PRIMARY KEY,
    alert_id   uuid        NOT NULL,
    at         timestamptz NOT NULL,
    reason     text        NOT NULL,
    state      text        NOT NULL,
    started_at timestamptz,
    result     text        NOT NULL
);
CREATE INDEX drift_trips_at ON drift_trips (at);
