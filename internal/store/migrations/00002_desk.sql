-- One text for SQLite and PostgreSQL. Times are epoch milliseconds in UTC; a
-- thing's whole content is in its body, the other columns are for finding it.

-- +goose Up
CREATE TABLE requests (
    ref    TEXT   NOT NULL PRIMARY KEY,
    rev    BIGINT NOT NULL,
    state  TEXT   NOT NULL,
    kind   TEXT   NOT NULL,
    asker  TEXT   NOT NULL,
    person TEXT   NOT NULL,
    asked  BIGINT NOT NULL, -- when it was asked; drafted, while it is a draft
    due    BIGINT,          -- the earlier of when it falls due and when it reminds
    body   TEXT   NOT NULL
);
-- The state stands before the time: what is open is little, what is closed grows.
CREATE INDEX requests_asker ON requests (asker, state, asked, ref);
CREATE INDEX requests_person ON requests (person, state, asked, ref);
CREATE INDEX requests_state ON requests (state, asked, ref);
CREATE INDEX requests_due ON requests (due) WHERE due IS NOT NULL;

-- Who may decide a request that was sent.
CREATE TABLE approvers (
    ref    TEXT NOT NULL,
    person TEXT NOT NULL,
    state  TEXT NOT NULL, -- the request's
    PRIMARY KEY (ref, person)
);
CREATE INDEX approvers_person ON approvers (person, state, ref);

CREATE TABLE reveals (
    ref      TEXT   NOT NULL,
    attempt  BIGINT NOT NULL,
    state    TEXT   NOT NULL,
    answered BIGINT, -- when the code was shown
    body     TEXT   NOT NULL,
    PRIMARY KEY (ref, attempt)
);

CREATE TABLE clicks (
    actor TEXT   NOT NULL,
    ref   TEXT   NOT NULL,
    rev   BIGINT NOT NULL,
    verb  TEXT   NOT NULL,
    at    BIGINT NOT NULL,
    PRIMARY KEY (actor, ref, rev, verb)
);

CREATE TABLE chats (
    person TEXT NOT NULL PRIMARY KEY,
    body   TEXT NOT NULL
);

CREATE TABLE cards (
    ref          TEXT   NOT NULL,
    person       TEXT   NOT NULL,
    conversation TEXT   NOT NULL,
    activity     TEXT   NOT NULL,
    rev          BIGINT NOT NULL,
    PRIMARY KEY (ref, person, conversation, activity)
);

-- The chain. What is hashed is the body as it stands here; ref and person repeat
-- what it says, to find it by.
CREATE TABLE audit (
    seq    BIGINT NOT NULL PRIMARY KEY,
    ref    TEXT   NOT NULL,
    person TEXT   NOT NULL,
    body   TEXT   NOT NULL,
    hash   TEXT   NOT NULL
);
CREATE INDEX audit_ref ON audit (ref, seq);
CREATE INDEX audit_person ON audit (person, seq);

-- One row: where the chain ends.
CREATE TABLE audit_head (
    id   BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    seq  BIGINT NOT NULL,
    hash TEXT   NOT NULL
);
INSERT INTO audit_head (id, seq, hash)
VALUES (1, 0, '0000000000000000000000000000000000000000000000000000000000000000');

-- +goose Down
DROP TABLE audit_head;
DROP TABLE audit;
DROP TABLE cards;
DROP TABLE chats;
DROP TABLE clicks;
DROP TABLE reveals;
DROP TABLE approvers;
DROP TABLE requests;
