-- A key of four columns in all three types.
CREATE TABLE links (
    tenant {text} NOT NULL,
    thing {text} NOT NULL,
    position {int} NOT NULL,
    mark {blob} NOT NULL,
    n {int} NOT NULL,
    PRIMARY KEY (tenant, thing, position, mark)
) {table};
CREATE INDEX links_by_mark ON links (mark, position, tenant, thing);
