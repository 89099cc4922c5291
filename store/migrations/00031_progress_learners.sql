-- +goose Up
-- What learners have reached in their courses, put together from the facts: one
-- row for each learner (identifier) of a course. A row is made anew some time
-- after something has happened; until then the facts are asked (package progress).
-- -9223372036854775808 stands for not at all, 9223372036854775807 for never.

CREATE TABLE IF NOT EXISTS progress_learners
(
    `tenant` String,
    `course` LowCardinality(String),
    `learner` String COMMENT 'identifier of the actor' CODEC(ZSTD(1)),
    `version` Int64 CODEC(ZSTD(1)),
    `started` Int64 CODEC(ZSTD(1)),
    `completed` Int64 CODEC(ZSTD(1)),
    `last` Int64 COMMENT 'latest timestamp; not at all: everything was voided' CODEC(ZSTD(1)),
    `judged` Int8 COMMENT 'latest verdict: 1 passed, 0 failed, -1 none' CODEC(ZSTD(1)),
    `latest_at` Int64 COMMENT 'timestamp of the latest score' CODEC(ZSTD(1)),
    `latest_score` Int64 COMMENT 'billionths, as all scores' CODEC(ZSTD(1)),
    `first` Int64 COMMENT 'earliest timestamp' CODEC(ZSTD(1)),
    `place` String COMMENT 'activity of the latest statement about one' CODEC(ZSTD(1)),
    `attempts` UInt64 CODEC(ZSTD(1)),
    `failed` UInt64 COMMENT 'attempts' CODEC(ZSTD(1)),
    `scored` UInt64 COMMENT 'attempts' CODEC(ZSTD(1)),
    `first_score` Int64 CODEC(ZSTD(1)),
    `last_score` Int64 CODEC(ZSTD(1)),
    `best_score` Int64 CODEC(ZSTD(1)),
    `average_score` Int64 CODEC(ZSTD(1)),
    `statements` UInt64 CODEC(ZSTD(1)),
    `sessions` UInt64 COMMENT 'with a duration' CODEC(ZSTD(1)),
    `session_time` Int64 COMMENT 'their sum, hundredths of a second' CODEC(ZSTD(1)),
    `cumulative_time` Int64 COMMENT 'the sum of the longest of each registration' CODEC(ZSTD(1)),
    `gaps` Int64 COMMENT 'time between statements, microseconds' CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (tenant, course, learner)
SETTINGS index_granularity = 1024,
    fsync_after_insert = 1, fsync_part_directory = 1, min_compressed_bytes_to_fsync_after_merge = 1, old_parts_lifetime = 60;

-- In which weeks learners were active, in whatever course; made anew together with
-- the rows above.
CREATE TABLE IF NOT EXISTS progress_weeks
(
    `tenant` String,
    `week` Date32 COMMENT 'its Monday, in the zone of progress' CODEC(ZSTD(1)),
    `learner` String CODEC(ZSTD(1)),
    `version` Int64 CODEC(ZSTD(1)),
    `statements` UInt64 COMMENT 'each once; 0: everything was voided' CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (tenant, week, learner)
SETTINGS index_granularity = 1024,
    fsync_after_insert = 1, fsync_part_directory = 1, min_compressed_bytes_to_fsync_after_merge = 1, old_parts_lifetime = 60;
