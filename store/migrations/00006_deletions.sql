-- +goose Up
-- What is deleted, step by step. A deletion is a row of deletions, in several
-- versions; deletion_items has what it is about while it is under way, in a
-- partition that goes when it is done; deleted keeps the ids that cannot be used
-- again.

CREATE TABLE IF NOT EXISTS deletions
(
    `tenant` String,
    `id` UUID,
    `version` Int64 COMMENT 'the row with the highest is in force' CODEC(ZSTD(1)),
    `state` LowCardinality(String) COMMENT 'begun, chosen, done, purged; abandoned when it never got beyond begun' CODEC(ZSTD(1)),
    `record` String COMMENT 'JSON: who, when, digest of the selection, how many' CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (tenant, id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_compressed_bytes_to_fsync_after_merge = 1, old_parts_lifetime = 60;

CREATE TABLE IF NOT EXISTS deletion_items
(
    `tenant` String,
    `job` UUID COMMENT 'id of the deletion' CODEC(ZSTD(1)),
    `stored` Int64 CODEC(Delta, ZSTD(1)),
    `id` UUID CODEC(NONE),
    `learner` String COMMENT 'whose progress changes: the actor, of a voiding statement that of its target' CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree
PARTITION BY job
ORDER BY (tenant, job, stored)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_compressed_bytes_to_fsync_after_merge = 1, old_parts_lifetime = 60;

CREATE TABLE IF NOT EXISTS deleted
(
    `tenant` String,
    `id` UUID COMMENT 'of a statement that was deleted' CODEC(NONE),
    `stored` Int64 CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree
ORDER BY (tenant, id, stored)
SETTINGS index_granularity = 1024,
    fsync_after_insert = 1, fsync_part_directory = 1, min_compressed_bytes_to_fsync_after_merge = 1, old_parts_lifetime = 60;
