CREATE TABLE connections (
    tenant TEXT NOT NULL,
    id TEXT NOT NULL,
    owner TEXT NOT NULL,
    api TEXT NOT NULL,
    display_name TEXT NOT NULL,
    sealed {blob} NOT NULL,
    grant_id TEXT NOT NULL,
    status BIGINT NOT NULL,
    error_code TEXT NOT NULL,
    error_message TEXT NOT NULL,
    created BIGINT NOT NULL,
    modified BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (tenant, id)
);
CREATE INDEX connections_by_owner ON connections (tenant, owner);
