-- What others state of users and service principals: risks, networks, places.
CREATE TABLE signals (
    tenant {text} NOT NULL,
    subject {text} NOT NULL,
    kind {int} NOT NULL,
    scope {text} NOT NULL,
    version {int} NOT NULL,
    at {int} NOT NULL,
    expires {int},
    value {text} NOT NULL,
    body {text} NOT NULL,
    PRIMARY KEY (tenant, subject, kind, scope)
) {table};
CREATE INDEX signals_by_kind ON signals (tenant, kind, subject, scope);
CREATE INDEX signals_by_expiry ON signals (tenant, expires, subject, kind, scope) WHERE expires IS NOT NULL;
