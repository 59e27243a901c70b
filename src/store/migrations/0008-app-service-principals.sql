-- Every application has a service principal. Those that are there get theirs under an id made
-- of the application's: its last twelve digits, halves swapped.
INSERT INTO objects (tenant, kind, id, name, version, modified, body)
SELECT tenant, 3, substr(id, 1, 24) || substr(id, 31, 6) || substr(id, 25, 6), name, 1, modified,
    '{"appId":"' || name || '","id":"' || substr(id, 1, 24) || substr(id, 31, 6) || substr(id, 25, 6)
    || '","accountEnabled":true,"appRoleAssignmentRequired":false}'
FROM objects WHERE kind = 2 AND name IS NOT NULL;
