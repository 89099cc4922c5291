-- +goose Up
-- What statements say of the activities they name: each definition once, with
-- the instant at which it was last new. Reading merges them, the latest wins.

CREATE TABLE IF NOT EXISTS activity_definitions
(
    `tenant` String,
    `key` UUID COMMENT 'of the activity, as in lookups' CODEC(ZSTD(1)),
    `digest` UUID COMMENT 'of the definition' CODEC(NONE),
    `stored` Int64 COMMENT 'of the last statement that brought it when another one, or none, was the last' CODEC(ZSTD(1)),
    `bytes` UInt32 COMMENT 'of the definition' CODEC(ZSTD(1)),
    `activity` String CODEC(ZSTD(1)),
    `definition` String COMMENT 'JSON as sent' CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(stored)
ORDER BY (tenant, key, digest)
SETTINGS index_granularity = 256,
    fsync_after_insert = 1, fsync_part_directory = 1, min_compressed_bytes_to_fsync_after_merge = 1, old_parts_lifetime = 60;
