-- What replicas know of one another, and what the past leaves behind.

-- +goose Up
CREATE TABLE replicas (
    id    TEXT   NOT NULL PRIMARY KEY,
    rules TEXT   NOT NULL, -- a hash of what its verdicts depend on
    seen  BIGINT NOT NULL
);

-- Texts that all replicas keep together, such as how often Graph was asked.
CREATE TABLE shared (
    name TEXT NOT NULL PRIMARY KEY,
    body TEXT NOT NULL
);

ALTER TABLE chats ADD COLUMN used BIGINT NOT NULL DEFAULT 0; -- when it was last kept
CREATE INDEX chats_used ON chats (used);
CREATE INDEX clicks_at ON clicks (at);

-- +goose Down
DROP INDEX clicks_at;
DROP INDEX chats_used;
ALTER TABLE chats DROP COLUMN used;
DROP TABLE shared;
DROP TABLE replicas;
