-- A shipped model that is watched where the registry was empty.
ALTER TABLE registry_models DROP CONSTRAINT registry_models_kind_check, ADD CONSTRAINT registry_models_kind_check CHECK (kind IN ('full', 'refit', 'starter'));
