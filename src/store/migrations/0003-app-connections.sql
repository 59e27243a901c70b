CREATE TABLE connections (
    tenant {text} NOT NULL,
    id {text} NOT NULL,
    owner {text} NOT NULL,
    api {text} NOT NULL,
    display_name {text} NOT NULL,
    sealed {blob} NOT NULL,
    grant_id {text} NOT NULL,
    status {int} NOT NULL,
    error_code {text} NOT NULL,
    error_message {text} NOT NULL,
    created {int} NOT NULL,
    modified {int} NOT NULL,
    version {int} NOT NULL,
    PRIMARY KEY (tenant, id)
) {table};
CREATE INDEX connections_by_owner ON connections (tenant, owner, id);
