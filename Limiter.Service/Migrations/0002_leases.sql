-- Token buckets that several Limiters share. A replica spends only what its lease on a bucket was given; what it was given is gone from
-- the row before. Unlogged: a bucket is worth seconds, and every renewal would otherwise wait for the disk. After a crash of the server the
-- buckets begin anew, as those of a single Limiter do after its restart.

CREATE TYPE limiter_renewal AS (
    replica text,
    rate double precision,          -- refill rate that the replica found right, tokens/s
    demand double precision,        -- what clients ask this replica for, tokens/s
    capacity double precision,      -- tokens
    slice double precision,         -- tokens that the replica may still spend
    expires_at timestamptz
);

CREATE UNLOGGED TABLE limiter_buckets (
    domain text NOT NULL,
    policy text NOT NULL,
    client_id bytea NOT NULL,       -- UTF-8; no text, as ids may hold what text may not
    tokens double precision NOT NULL,
    capacity double precision NOT NULL,
    rate double precision NOT NULL, -- tokens/s, the demand-weighted mean of the renewals
    refilled_at timestamptz NOT NULL,
    reserved double precision NOT NULL,     -- tokens set aside for replicas without a lease, to open with
    slice double precision NOT NULL,        -- what the last renewal was given
    renewals limiter_renewal[] NOT NULL,    -- one a replica; those that expired go with the next renewal
    PRIMARY KEY (domain, policy, client_id)
) WITH (fillfactor = 50);

CREATE TABLE limiter_replicas (
    replica text PRIMARY KEY,
    seen_at timestamptz NOT NULL
);

-- One bucket after one replica's renewal. Its slice is what the replica is given.
--   kept     tokens that the replica keeps from before
--   settled  over 0: tokens that it hands back; under 0: tokens that it spent and owes
--   opened   tokens that it began to spend without a lease
--   asked    tokens that it wants beside what it keeps
--   opening  tokens that each replica without a lease may open with
--   leaves   whether it needs the bucket no more; it stays where nothing can be set aside for it to open with again
CREATE FUNCTION limiter_renewed(
    bucket limiter_buckets, replica text, rate double precision, demand double precision, capacity double precision, kept double precision,
    settled double precision, opened double precision, asked double precision, opening double precision, replicas integer, leaves boolean,
    life interval, at timestamptz)
RETURNS limiter_buckets LANGUAGE plpgsql AS $$
DECLARE
    others limiter_renewal[];
    holders integer;
    others_demand double precision;
    others_slices double precision;
    others_rate double precision;
    others_capacity double precision;
    prepaid double precision := least(bucket.reserved, opened);
    set_aside double precision;
BEGIN
    SELECT coalesce(array_agg(r::limiter_renewal), '{}'), count(*), coalesce(sum(r.demand), 0), coalesce(sum(r.slice), 0),
           coalesce(sum(r.rate * r.demand), 0), coalesce(sum(r.capacity * r.demand), 0)
    INTO others, holders, others_demand, others_slices, others_rate, others_capacity
    FROM unnest(bucket.renewals) AS r WHERE r.replica <> limiter_renewed.replica AND r.expires_at > at;

    -- At the old rate: a new one does not change what was already earned. A statement that waited for the row may be older than it.
    bucket.tokens := bucket.tokens + settled - (opened - prepaid)
        + greatest(0, extract(epoch FROM at - bucket.refilled_at)) * bucket.rate;
    bucket.refilled_at := greatest(bucket.refilled_at, at);
    bucket.reserved := bucket.reserved - prepaid;
    IF demand + others_demand > 0 THEN
        bucket.rate := (rate * demand + others_rate) / (demand + others_demand);
        bucket.capacity := (capacity * demand + others_capacity) / (demand + others_demand);
    END IF;

    -- Row, slices and what is set aside never hold more than the capacity together.
    bucket.tokens := least(bucket.tokens, bucket.capacity - others_slices - kept - bucket.reserved);
    set_aside := opening * greatest(0, replicas - holders - CASE WHEN leaves THEN 0 ELSE 1 END);
    prepaid := least(set_aside - bucket.reserved, greatest(0, bucket.tokens));
    bucket.reserved := bucket.reserved + prepaid;
    bucket.tokens := bucket.tokens - prepaid;
    leaves := leaves AND bucket.reserved >= set_aside;

    -- By demand, or whoever asks first would take it all.
    bucket.slice := greatest(0, least(asked, bucket.tokens
        * CASE WHEN demand + others_demand > 0 THEN demand / (demand + others_demand) ELSE 1.0 / (holders + 1) END));
    bucket.tokens := bucket.tokens - bucket.slice;
    bucket.renewals := CASE WHEN leaves THEN others
        ELSE others || ROW(replica, rate, demand, capacity, kept + bucket.slice, at + life)::limiter_renewal END;
    RETURN bucket;
END $$;
