CREATE TABLE flows (
    tenant {text} NOT NULL,
    id {text} NOT NULL,
    owner {text} NOT NULL,
    display_name {text} NOT NULL,
    state {int} NOT NULL,
    body {text} NOT NULL,
    revision {int} NOT NULL,
    trigger_state {text} NOT NULL,
    created {int} NOT NULL,
    modified {int} NOT NULL,
    version {int} NOT NULL,
    PRIMARY KEY (tenant, id)
) {table};
CREATE INDEX flows_by_owner ON flows (tenant, owner, id);
CREATE UNIQUE INDEX flows_by_id ON flows (id);

CREATE TABLE flow_revisions (
    tenant {text} NOT NULL,
    flow {text} NOT NULL,
    revision {int} NOT NULL,
    body {text} NOT NULL,
    PRIMARY KEY (tenant, flow, revision)
) {table};

CREATE TABLE runs (
    tenant {text} NOT NULL,
    id {text} NOT NULL,
    flow {text} NOT NULL,
    revision {int} NOT NULL,
    status {int} NOT NULL,
    started {int} NOT NULL,
    summary {text} NOT NULL,
    cause {text} NOT NULL,
    state {text} NOT NULL,
    reply {int} NOT NULL,
    reply_node {text} NOT NULL,
    resubmitted {text} NOT NULL,
    version {int} NOT NULL,
    PRIMARY KEY (tenant, id)
) {table};
CREATE INDEX runs_by_flow ON runs (tenant, flow, id);
CREATE INDEX runs_by_status ON runs (tenant, flow, status, id);
