CREATE TABLE grants (
    tenant {text} NOT NULL,
    id {text} NOT NULL,
    user_id {text} NOT NULL,
    client {text} NOT NULL,
    scopes {text} NOT NULL,
    issued {int} NOT NULL,
    last_used {int} NOT NULL,
    auth_at {int} NOT NULL,
    mfa_at {int},
    methods {int} NOT NULL,
    amr {text} NOT NULL,
    client_app_type {int} NOT NULL,
    is_confidential {int} NOT NULL,
    is_spa {int} NOT NULL,
    flow_origin {int} NOT NULL,
    snapshot {text} NOT NULL,
    revoked {int} NOT NULL,
    revoked_at {int} NOT NULL,
    PRIMARY KEY (tenant, id)
) {table};
CREATE INDEX grants_by_user ON grants (tenant, user_id, id);

CREATE TABLE codes (
    tenant {text} NOT NULL,
    mac {text} NOT NULL,
    grant_id {text} NOT NULL,
    client {text} NOT NULL,
    user_id {text} NOT NULL,
    redirect_uri {text} NOT NULL,
    redirect_was_sent {int} NOT NULL,
    redirect_kind {int} NOT NULL,
    pkce {int} NOT NULL,
    challenge {text} NOT NULL,
    scope {text} NOT NULL,
    nonce {text},
    expires {int} NOT NULL,
    redeemed_at {int},
    PRIMARY KEY (tenant, mac)
) {table};
CREATE INDEX codes_by_expiry ON codes (tenant, expires, mac);

CREATE TABLE refresh_tokens (
    tenant {text} NOT NULL,
    mac {text} NOT NULL,
    grant_id {text} NOT NULL,
    issued {int} NOT NULL,
    rotated_at {int},
    PRIMARY KEY (tenant, mac)
) {table};
CREATE INDEX refresh_tokens_by_grant ON refresh_tokens (tenant, grant_id, mac);

CREATE TABLE sessions (
    tenant {text} NOT NULL,
    mac {text} NOT NULL,
    id {text} NOT NULL,
    user_id {text} NOT NULL,
    auth_at {int} NOT NULL,
    mfa_at {int},
    methods {int} NOT NULL,
    created {int} NOT NULL,
    last_used {int} NOT NULL,
    is_persistent {int} NOT NULL,
    clients {text} NOT NULL,
    ended {int},
    PRIMARY KEY (tenant, mac)
) {table};
CREATE INDEX sessions_by_user ON sessions (tenant, user_id, mac);

CREATE TABLE journeys (
    tenant {text} NOT NULL,
    id {text} NOT NULL,
    browser {text} NOT NULL,
    request {text} NOT NULL,
    state {text} NOT NULL,
    started {int} NOT NULL,
    version {int} NOT NULL,
    PRIMARY KEY (tenant, id)
) {table};
CREATE INDEX journeys_by_start ON journeys (tenant, started, id);

CREATE TABLE app_secrets (
    tenant {text} NOT NULL,
    app_id {text} NOT NULL,
    key_id {text} NOT NULL,
    display_name {text} NOT NULL,
    mac {blob} NOT NULL,
    hint {text} NOT NULL,
    created {int} NOT NULL,
    expires {int} NOT NULL,
    PRIMARY KEY (tenant, app_id, key_id)
) {table};

CREATE TABLE consents (
    tenant {text} NOT NULL,
    client {text} NOT NULL,
    principal {text} NOT NULL,
    resource {text} NOT NULL,
    scopes {text} NOT NULL,
    PRIMARY KEY (tenant, client, principal, resource)
) {table};

CREATE TABLE throttles (
    tenant {text} NOT NULL,
    kind {int} NOT NULL,
    subject {text} NOT NULL,
    failures {int} NOT NULL,
    locked_until {int} NOT NULL,
    PRIMARY KEY (tenant, kind, subject)
) {table};

CREATE TABLE signins (
    tenant {text} NOT NULL,
    id {text} NOT NULL,
    at {int} NOT NULL,
    user_id {text} NOT NULL,
    app_id {text} NOT NULL,
    interactive {int} NOT NULL,
    aadsts {int} NOT NULL,
    policy_version {int} NOT NULL,
    results {blob} NOT NULL,
    facts {text} NOT NULL,
    PRIMARY KEY (tenant, id)
) {table};
CREATE INDEX signins_by_time ON signins (tenant, at, id);
CREATE INDEX signins_by_user ON signins (tenant, user_id, at, id);

CREATE TABLE policy_versions (
    tenant {text} NOT NULL,
    version {int} NOT NULL,
    rules {text} NOT NULL,
    PRIMARY KEY (tenant, version)
) {table};

CREATE TABLE timers (
    tenant {text} NOT NULL,
    kind {int} NOT NULL,
    ref {text} NOT NULL,
    due {int} NOT NULL,
    PRIMARY KEY (tenant, kind, ref)
) {table};
CREATE INDEX timers_by_due ON timers (due, tenant, kind, ref);
