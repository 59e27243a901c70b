CREATE TABLE tenants (
    tenant TEXT NOT NULL,
    domain TEXT NOT NULL,
    display_name TEXT NOT NULL,
    behaviour BIGINT NOT NULL,
    version BIGINT NOT NULL,
    policy_version BIGINT NOT NULL,
    created BIGINT NOT NULL,
    PRIMARY KEY (tenant)
);
CREATE UNIQUE INDEX tenants_by_domain ON tenants (domain);

CREATE TABLE signing_keys (
    tenant TEXT NOT NULL,
    kid TEXT NOT NULL,
    alg TEXT NOT NULL,
    sealed {blob} NOT NULL,
    certificate {blob} NOT NULL,
    created BIGINT NOT NULL,
    PRIMARY KEY (tenant, kid)
);

CREATE TABLE objects (
    tenant TEXT NOT NULL,
    kind BIGINT NOT NULL,
    id TEXT NOT NULL,
    name TEXT,
    version BIGINT NOT NULL,
    modified BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (tenant, kind, id)
);
CREATE UNIQUE INDEX objects_by_name ON objects (tenant, kind, name);

CREATE TABLE links (
    tenant TEXT NOT NULL,
    link BIGINT NOT NULL,
    parent TEXT NOT NULL,
    child TEXT NOT NULL,
    PRIMARY KEY (tenant, link, parent, child)
);
CREATE INDEX links_by_child ON links (tenant, link, child);

CREATE TABLE credentials (
    tenant TEXT NOT NULL,
    user_id TEXT NOT NULL,
    kind BIGINT NOT NULL,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    value {blob} NOT NULL,
    created BIGINT NOT NULL,
    last_step BIGINT,
    PRIMARY KEY (tenant, user_id, kind, id)
);
