-- What is written to know whether the database takes writes.
CREATE TABLE probes (
    count BIGINT NOT NULL
);
INSERT INTO probes (count) VALUES (0);
