-- How far the audit has gone out to where it is wanted, and who sends it.

-- +goose Up
CREATE TABLE audit_streams (
    sink   TEXT   NOT NULL PRIMARY KEY,
    seq    BIGINT NOT NULL, -- the last line that was taken there
    holder TEXT   NOT NULL, -- the replica that sends; empty: none
    until  BIGINT NOT NULL  -- how long nobody else does
);

-- +goose Down
DROP TABLE audit_streams;
