-- Other forms of a model, such as ML.NET's .zip, beside the text that is served.
CREATE TABLE registry_files (
    version text  NOT NULL REFERENCES registry_models,
    name    text  NOT NULL,
    sha256  text  NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    bytes   bytea NOT NULL,
    PRIMARY KEY (version, name)
);
