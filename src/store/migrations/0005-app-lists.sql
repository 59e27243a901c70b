CREATE TABLE lists (
    tenant {text} NOT NULL,
    id {text} NOT NULL,
    site {text} NOT NULL,
    name_key {text} NOT NULL,
    name {text} NOT NULL,
    creator {text} NOT NULL,
    created {int} NOT NULL,
    last_item {int} NOT NULL,
    version {int} NOT NULL,
    PRIMARY KEY (tenant, id)
) {table};
CREATE UNIQUE INDEX lists_by_name ON lists (tenant, site, name_key);

CREATE TABLE list_items (
    tenant {text} NOT NULL,
    list {text} NOT NULL,
    item {int} NOT NULL,
    author {text} NOT NULL,
    editor {text} NOT NULL,
    created {int} NOT NULL,
    modified {int} NOT NULL,
    version {int} NOT NULL,
    body {text} NOT NULL,
    PRIMARY KEY (tenant, list, item)
) {table};
