-- Every kind of column and index that a description can have.
CREATE TABLE things (
    tenant {text} NOT NULL,
    id {text} NOT NULL,
    "user" {text} NOT NULL,
    size {int} NOT NULL,
    due {int},
    code {text},
    body {blob},
    PRIMARY KEY (tenant, id)
) {table};
CREATE INDEX things_by_user ON things (tenant, "user", size, id);
CREATE INDEX things_due ON things (due, tenant, id) WHERE due IS NOT NULL;
CREATE UNIQUE INDEX things_code ON things (tenant, code) WHERE code IS NOT NULL;
