-- Whether the explained model governed the client: enum Arm of events.proto. What was explained before was by a model that did.
ALTER TABLE explanations ADD COLUMN arm smallint NOT NULL DEFAULT 1;
