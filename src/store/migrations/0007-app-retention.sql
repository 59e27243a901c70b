-- What is swept is found by its age, sign-ins by their application too.
CREATE INDEX refresh_tokens_by_rotation ON refresh_tokens (tenant, rotated_at, mac) WHERE rotated_at IS NOT NULL;
CREATE INDEX grants_by_use ON grants (tenant, last_used, id);
CREATE INDEX sessions_by_use ON sessions (tenant, last_used, mac);
CREATE INDEX sessions_by_end ON sessions (tenant, ended, mac) WHERE ended IS NOT NULL;
CREATE INDEX signins_by_app ON signins (tenant, app_id, at, id);
