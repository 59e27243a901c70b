CREATE TABLE grants (
    tenant TEXT NOT NULL,
    id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    client TEXT NOT NULL,
    scopes TEXT NOT NULL,
    issued BIGINT NOT NULL,
    last_used BIGINT NOT NULL,
    auth_at BIGINT NOT NULL,
    mfa_at BIGINT,
    methods BIGINT NOT NULL,
    amr TEXT NOT NULL,
    client_app_type BIGINT NOT NULL,
    is_confidential BIGINT NOT NULL,
    is_spa BIGINT NOT NULL,
    flow_origin BIGINT NOT NULL,
    snapshot TEXT NOT NULL,
    revoked BIGINT NOT NULL,
    revoked_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, id)
);
CREATE INDEX grants_by_user ON grants (tenant, user_id);

CREATE TABLE codes (
    tenant TEXT NOT NULL,
    mac TEXT NOT NULL,
    grant_id TEXT NOT NULL,
    client TEXT NOT NULL,
    user_id TEXT NOT NULL,
    redirect_uri TEXT NOT NULL,
    redirect_was_sent BIGINT NOT NULL,
    redirect_kind BIGINT NOT NULL,
    pkce BIGINT NOT NULL,
    challenge TEXT NOT NULL,
    scope TEXT NOT NULL,
    nonce TEXT,
    expires BIGINT NOT NULL,
    redeemed_at BIGINT,
    PRIMARY KEY (tenant, mac)
);
CREATE INDEX codes_by_expiry ON codes (tenant, expires);

CREATE TABLE refresh_tokens (
    tenant TEXT NOT NULL,
    mac TEXT NOT NULL,
    grant_id TEXT NOT NULL,
    issued BIGINT NOT NULL,
    rotated_at BIGINT,
    PRIMARY KEY (tenant, mac)
);
CREATE INDEX refresh_tokens_by_grant ON refresh_tokens (tenant, grant_id);

CREATE TABLE sessions (
    tenant TEXT NOT NULL,
    mac TEXT NOT NULL,
    id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    auth_at BIGINT NOT NULL,
    mfa_at BIGINT,
    methods BIGINT NOT NULL,
    created BIGINT NOT NULL,
    last_used BIGINT NOT NULL,
    is_persistent BIGINT NOT NULL,
    clients TEXT NOT NULL,
    ended BIGINT,
    PRIMARY KEY (tenant, mac)
);
CREATE INDEX sessions_by_user ON sessions (tenant, user_id);

CREATE TABLE journeys (
    tenant TEXT NOT NULL,
    id TEXT NOT NULL,
    browser TEXT NOT NULL,
    request TEXT NOT NULL,
    state TEXT NOT NULL,
    started BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (tenant, id)
);
CREATE INDEX journeys_by_start ON journeys (tenant, started);

CREATE TABLE app_secrets (
    tenant TEXT NOT NULL,
    app_id TEXT NOT NULL,
    key_id TEXT NOT NULL,
    display_name TEXT NOT NULL,
    mac {blob} NOT NULL,
    hint TEXT NOT NULL,
    created BIGINT NOT NULL,
    expires BIGINT NOT NULL,
    PRIMARY KEY (tenant, app_id, key_id)
);

CREATE TABLE consents (
    tenant TEXT NOT NULL,
    client TEXT NOT NULL,
    principal TEXT NOT NULL,
    resource TEXT NOT NULL,
    scopes TEXT NOT NULL,
    PRIMARY KEY (tenant, client, principal, resource)
);

CREATE TABLE throttles (
    tenant TEXT NOT NULL,
    kind BIGINT NOT NULL,
    subject TEXT NOT NULL,
    failures BIGINT NOT NULL,
    locked_until BIGINT NOT NULL,
    PRIMARY KEY (tenant, kind, subject)
);

CREATE TABLE signins (
    tenant TEXT NOT NULL,
    id TEXT NOT NULL,
    at BIGINT NOT NULL,
    user_id TEXT NOT NULL,
    app_id TEXT NOT NULL,
    interactive BIGINT NOT NULL,
    aadsts BIGINT NOT NULL,
    policy_version BIGINT NOT NULL,
    results {blob} NOT NULL,
    facts TEXT NOT NULL,
    PRIMARY KEY (tenant, id)
);
CREATE INDEX signins_by_time ON signins (tenant, at);
CREATE INDEX signins_by_user ON signins (tenant, user_id, at);

CREATE TABLE policy_versions (
    tenant TEXT NOT NULL,
    version BIGINT NOT NULL,
    rules TEXT NOT NULL,
    PRIMARY KEY (tenant, version)
);

CREATE TABLE timers (
    tenant TEXT NOT NULL,
    kind BIGINT NOT NULL,
    ref TEXT NOT NULL,
    due BIGINT NOT NULL,
    PRIMARY KEY (tenant, kind, ref)
);
CREATE INDEX timers_by_due ON timers (due);
