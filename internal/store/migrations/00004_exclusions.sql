-- What Passdesk has excluded in Entra, and where Entra and the records differ.

-- +goose Up
CREATE TABLE holds (
    person TEXT   NOT NULL, -- empty: the policy's own row
    policy TEXT   NOT NULL,
    rev    BIGINT NOT NULL,
    state  TEXT   NOT NULL,
    since  BIGINT NOT NULL,
    body   TEXT   NOT NULL,
    PRIMARY KEY (person, policy)
);
CREATE INDEX holds_state ON holds (state, since);

CREATE TABLE drifts (
    ref     TEXT   NOT NULL PRIMARY KEY,
    kind    TEXT   NOT NULL,
    policy  TEXT   NOT NULL,
    person  TEXT   NOT NULL,
    found   BIGINT NOT NULL,
    cleared BIGINT,
    body    TEXT   NOT NULL
);
-- Of one kind, policy and person at most one is open.
CREATE UNIQUE INDEX drifts_open ON drifts (kind, policy, person) WHERE cleared IS NULL;
CREATE INDEX drifts_cleared ON drifts (cleared);

-- +goose Down
DROP TABLE drifts;
DROP TABLE holds;
