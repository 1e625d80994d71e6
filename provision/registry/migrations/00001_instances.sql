-- What is written here SQLite and PostgreSQL both run. Times are microseconds since 1970 in UTC; NULL is no time.

-- +goose Up

-- Numbers are given out here rather than by an identity column, which the two spell differently. Whoever has counted
-- one up is alone until the end of its transaction, so that a quota holds in PostgreSQL too.
CREATE TABLE counters (
    name  text   PRIMARY KEY,
    value bigint NOT NULL
);
INSERT INTO counters (name, value) VALUES ('instances', 0), ('operations', 0), ('applied', 0);

CREATE TABLE instances (
    name        text   PRIMARY KEY,
    id          text   NOT NULL,
    environment text   NOT NULL,
    branch      text   NOT NULL,
    commit_id   text   NOT NULL,
    owner       text   NOT NULL,
    status      text   NOT NULL,
    url         text   NOT NULL,
    outputs     text   NOT NULL, -- JSON
    created_at  bigint,
    updated_at  bigint,
    expires_at  bigint,          -- NULL: never
    max_ttl     bigint NOT NULL  -- nanoseconds; 0: no limit
);

-- Operations outlive their instance: they are its history.
CREATE TABLE operations (
    id         bigint PRIMARY KEY,
    instance   text   NOT NULL,
    kind       text   NOT NULL,
    actor      text   NOT NULL,
    pid        bigint NOT NULL,
    started_at bigint,
    ended_at   bigint,           -- NULL: it runs, or was killed
    result     text   NOT NULL,
    error      text   NOT NULL,
    log        text   NOT NULL
);
CREATE INDEX operations_instance ON operations (instance, id);

CREATE TABLE applied (
    id         bigint  PRIMARY KEY,
    instance   text    NOT NULL REFERENCES instances (name) ON DELETE CASCADE,
    operation  bigint  NOT NULL,
    applied_at bigint,
    good       boolean NOT NULL,
    branch     text    NOT NULL,
    commit_id  text    NOT NULL,
    stack      text    NOT NULL, -- JSON, without secrets
    digest     text    NOT NULL
);
CREATE INDEX applied_instance ON applied (instance, id);
