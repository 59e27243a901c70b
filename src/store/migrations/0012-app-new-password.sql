-- A session in which the password was changed is not asked for another one.
ALTER TABLE sessions ADD COLUMN password_changed {int} NOT NULL DEFAULT 0;
