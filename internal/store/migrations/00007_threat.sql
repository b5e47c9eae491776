-- How threat mode stands, and which emergencies wait for their review.

-- +goose Up
CREATE TABLE threat (
    id   BIGINT NOT NULL PRIMARY KEY CHECK (id = 1), -- one row, for all replicas
    rev  BIGINT NOT NULL,
    body TEXT   NOT NULL
);

ALTER TABLE requests ADD COLUMN review BIGINT; -- by when it is to be reviewed; NULL: it is not
CREATE INDEX requests_review ON requests (review) WHERE review IS NOT NULL;

-- +goose Down
DROP INDEX requests_review;
ALTER TABLE requests DROP COLUMN review;
DROP TABLE threat;
