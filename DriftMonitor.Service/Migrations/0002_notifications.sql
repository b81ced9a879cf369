-- What each sink is told of which alert, once. Filled from drift_alerts, so an alert is never lost between the two.
CREATE TABLE drift_notifications (
    alert_id   uuid        NOT NULL REFERENCES drift_alerts (id) ON DELETE CASCADE,
    sink       text        NOT NULL,          -- slack, pagerduty, email, webhook
    state      text        NOT NULL,          -- pending, sent, failed, suppressed
    attempts   integer     NOT NULL DEFAULT 0,
    due_at     timestamptz NOT NULL,          -- while one process sends it: until when nobody else does
    evidence   jsonb       NOT NULL,          -- top features and request ids at the time of the alert
    last_error text        NOT NULL DEFAULT '',
    sent_at    timestamptz,
    PRIMARY KEY (alert_id, sink)
);
CREATE INDEX drift_notifications_due ON drift_notifications (due_at) WHERE state = 'pending';
