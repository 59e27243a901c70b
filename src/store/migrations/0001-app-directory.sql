CREATE TABLE tenants (
    tenant {text} NOT NULL,
    domain {text} NOT NULL,
    display_name {text} NOT NULL,
    behaviour {int} NOT NULL,
    version {int} NOT NULL,
    policy_version {int} NOT NULL,
    created {int} NOT NULL,
    PRIMARY KEY (tenant)
) {table};
CREATE UNIQUE INDEX tenants_by_domain ON tenants (domain);

CREATE TABLE signing_keys (
    tenant {text} NOT NULL,
    kid {text} NOT NULL,
    alg {text} NOT NULL,
    sealed {blob} NOT NULL,
    certificate {blob} NOT NULL,
    created {int} NOT NULL,
    PRIMARY KEY (tenant, kid)
) {table};

CREATE TABLE objects (
    tenant {text} NOT NULL,
    kind {int} NOT NULL,
    id {text} NOT NULL,
    name {text},
    version {int} NOT NULL,
    modified {int} NOT NULL,
    body {text} NOT NULL,
    PRIMARY KEY (tenant, kind, id)
) {table};
CREATE UNIQUE INDEX objects_by_name ON objects (tenant, kind, name) WHERE name IS NOT NULL;

CREATE TABLE links (
    tenant {text} NOT NULL,
    link {int} NOT NULL,
    parent {text} NOT NULL,
    child {text} NOT NULL,
    PRIMARY KEY (tenant, link, parent, child)
) {table};
CREATE INDEX links_by_child ON links (tenant, link, child, parent);

CREATE TABLE credentials (
    tenant {text} NOT NULL,
    user_id {text} NOT NULL,
    kind {int} NOT NULL,
    id {text} NOT NULL,
    name {text} NOT NULL,
    value {blob} NOT NULL,
    created {int} NOT NULL,
    last_step {int},
    PRIMARY KEY (tenant, user_id, kind, id)
) {table};
