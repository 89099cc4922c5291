-- +goose Up
-- What the lenient endpoint changed in statements before it took them, and what
-- was sent. Rows can be there without their statements for as long as those are
-- on their way. What is counted by is repeated here, so that counting never
-- touches the statements.

CREATE TABLE IF NOT EXISTS repairs
(
    `tenant` String,
    `stored` Int64 COMMENT 'of the statement' CODEC(Delta, ZSTD(1)),
    `id` UUID CODEC(ZSTD(1)),
    `timestamp` Int64 COMMENT 'of the statement' CODEC(Delta, ZSTD(1)),
    `activity` String COMMENT 'the object, if it is an Activity' CODEC(ZSTD(1)),
    `courses` Array(LowCardinality(String)) CODEC(ZSTD(1)),
    `repairs` Array(LowCardinality(String)) CODEC(ZSTD(1)),
    `pointers` Array(String) COMMENT 'what each of them changed in original (RFC 6901)' CODEC(ZSTD(1)),
    `original` String COMMENT 'JSON, to the byte as it was sent' CODEC(ZSTD(3))
)
ENGINE = ReplacingMergeTree
ORDER BY (tenant, stored)
SETTINGS index_granularity = 1024,
    fsync_after_insert = 1, fsync_part_directory = 1, min_compressed_bytes_to_fsync_after_merge = 1, old_parts_lifetime = 60;
