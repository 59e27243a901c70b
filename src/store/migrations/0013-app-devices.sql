-- The authority that certifies a tenant's devices.
CREATE TABLE device_authorities (
    tenant {text} NOT NULL,
    sealed {blob} NOT NULL,
    certificate {blob} NOT NULL,
    created {int} NOT NULL,
    PRIMARY KEY (tenant)
) {table};
