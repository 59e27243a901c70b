-- Each version of a policy or named location, with who made it and why (decision 0121).
CREATE TABLE policy_history (
    tenant {text} NOT NULL,
    object {text} NOT NULL,
    version {int} NOT NULL,
    kind {int} NOT NULL,
    at {int} NOT NULL,
    action {text} NOT NULL,
    author {text} NOT NULL,
    reason {text} NOT NULL,
    body {text} NOT NULL,
    PRIMARY KEY (tenant, object, version)
) {table};
