-- Probe admissions by arm, and what the backend can have served beyond what was admitted: the estimate of wrong throttles that no label enters.
ALTER TABLE drift_windows
    ADD COLUMN probes_reported        bigint           NOT NULL DEFAULT 0,
    ADD COLUMN probe_weight           double precision NOT NULL DEFAULT 0,   -- requests that all probes stand for: Σ 1 / propensity
    ADD COLUMN probe_reported_weight  double precision NOT NULL DEFAULT 0,
    ADD COLUMN probe_reported_squares double precision NOT NULL DEFAULT 0,
    ADD COLUMN probe_ok_weight        double precision NOT NULL DEFAULT 0,
    ADD COLUMN headroom               double precision NOT NULL DEFAULT 0;   -- requests, of the whole backend: the same in each arm

ALTER TABLE drift_detector_windows
    ADD COLUMN probes_reported        bigint           NOT NULL DEFAULT 0,
    ADD COLUMN probe_weight           double precision NOT NULL DEFAULT 0,   -- requests that all probes stand for: Σ 1 / propensity
    ADD COLUMN probe_reported_weight  double precision NOT NULL DEFAULT 0,
    ADD COLUMN probe_reported_squares double precision NOT NULL DEFAULT 0,
    ADD COLUMN probe_ok_weight        double precision NOT NULL DEFAULT 0,
    ADD COLUMN headroom               double precision NOT NULL DEFAULT 0;
