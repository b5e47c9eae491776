-- Who is locked, who has decided how often, and what security is told.

-- +goose Up
CREATE TABLE locks (
    person TEXT   NOT NULL PRIMARY KEY,
    until  BIGINT, -- NULL: until somebody lifts it
    body   TEXT   NOT NULL
);

-- One row for everybody about whom something was counted: whoever counts anew
-- waits for it.
CREATE TABLE counted (
    person TEXT NOT NULL PRIMARY KEY
);

CREATE TABLE decisions (
    person TEXT   NOT NULL,
    at     BIGINT NOT NULL,
    ref    TEXT   NOT NULL,
    PRIMARY KEY (person, at, ref)
);
CREATE INDEX decisions_at ON decisions (at);

CREATE TABLE alarms (
    ref  TEXT   NOT NULL PRIMARY KEY,
    at   BIGINT NOT NULL,
    body TEXT   NOT NULL
);
CREATE INDEX alarms_at ON alarms (at);

-- +goose Down
DROP TABLE alarms;
DROP TABLE decisions;
DROP TABLE counted;
DROP TABLE locks;
