CREATE TABLE terms_files (
    tenant {text} NOT NULL,
    agreement {text} NOT NULL,
    id {text} NOT NULL,
    language {text} NOT NULL,
    file_name {text} NOT NULL,
    display_name {text} NOT NULL,
    media {text} NOT NULL,
    is_default {int} NOT NULL,
    is_major {int} NOT NULL,
    created {int} NOT NULL,
    bytes {blob} NOT NULL,
    PRIMARY KEY (tenant, agreement, id)
) {table};

CREATE TABLE acceptances (
    tenant {text} NOT NULL,
    user_id {text} NOT NULL,
    id {text} NOT NULL,
    agreement {text} NOT NULL,
    file {text} NOT NULL,
    version {int} NOT NULL,
    accepted {int} NOT NULL,
    at {int} NOT NULL,
    device {text} NOT NULL,
    facts {text} NOT NULL,
    PRIMARY KEY (tenant, user_id, id)
) {table};
CREATE INDEX acceptances_by_agreement ON acceptances (tenant, agreement, user_id, id);
