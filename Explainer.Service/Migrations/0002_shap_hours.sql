-- What one run of an Explainer explained in one hour, summed up: kept long after single explanations are dropped. Runs of one hour add up.
-- Each explanation counts 1 / its probability of being explained, so that hours under pressure weigh as what they stand for.
CREATE TABLE shap_hours (
    hour          timestamptz        NOT NULL,
    model_version text               NOT NULL,
    mode          text               NOT NULL,
    run           uuid               NOT NULL,
    count         bigint             NOT NULL,
    weight        double precision   NOT NULL,
    throttled     double precision   NOT NULL,
    base_value    double precision   NOT NULL,
    prediction    double precision   NOT NULL,
    magnitude     double precision   NOT NULL,
    shap          double precision[] NOT NULL,
    abs_shap      double precision[] NOT NULL,
    PRIMARY KEY (hour, model_version, mode, run)
);
