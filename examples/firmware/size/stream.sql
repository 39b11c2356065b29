CREATE STREAM s (
    ts       TIMESTAMP NOT NULL,
    device   INTEGER UNSIGNED NOT NULL,
    temp     REAL NOT NULL,
    humidity REAL NOT NULL,
    status   TINYINT UNSIGNED NOT NULL,
    WATERMARK FOR ts AS ts
);
