-- +goose Up
-- What each learner has reached in each course, and how far that was computed.
-- 9223372036854775807 stands for never, -9223372036854775808 for not at all:
-- with them every column merges by min or max.

CREATE TABLE IF NOT EXISTS progress
(
    `tenant` String,
    `course` LowCardinality(String),
    `learner` String COMMENT 'identifier of the actor',
    `version` Int64 COMMENT 'every statement with stored <= version is in the row',
    `started_at` Int64 COMMENT 'timestamp of the first statement that the learner caused, else never' CODEC(ZSTD(1)),
    `completed_at` Int64 COMMENT 'timestamp of the first completion, else never' CODEC(ZSTD(1)),
    `last_at` Int64 COMMENT 'latest timestamp; not at all: every statement is voided' CODEC(ZSTD(1)),
    `verdict` Tuple(at Int64, stored Int64, value Int8) COMMENT 'latest verdict: 1 passed, 0 failed, -1 none' CODEC(ZSTD(1)),
    `score` Tuple(at Int64, stored Int64, value Int64) COMMENT 'latest score in billionths of the scale; at: not at all when none' CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (tenant, course, learner)
SETTINGS index_granularity = 1024,
    fsync_after_insert = 1, fsync_part_directory = 1, min_compressed_bytes_to_fsync_after_merge = 1, old_parts_lifetime = 60;

CREATE TABLE IF NOT EXISTS progress_cursor
(
    `name` LowCardinality(String),
    `version` Int64 COMMENT 'the row with the highest is in force',
    `stored` Int64 COMMENT 'progress contains every statement up to here; -1: to be rebuilt'
)
ENGINE = ReplacingMergeTree(version)
ORDER BY name
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_compressed_bytes_to_fsync_after_merge = 1, old_parts_lifetime = 60;
