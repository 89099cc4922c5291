-- +goose Up
-- What progress keeps beside the states of (course, learner): attempts, activity
-- and first answers. Rows are only added: those with one key merge by minimum,
-- maximum and union, so that adding one twice changes nothing. What a learner's
-- rows say can be taken back as a whole: by rows of a higher generation, which
-- count from when it stands in progress_generations.
-- -9223372036854775808 stands for not at all, 9223372036854775807 for never.

CREATE TABLE IF NOT EXISTS progress_attempts
(
    `tenant` String,
    `course` LowCardinality(String),
    `learner` String COMMENT 'identifier of the actor' CODEC(ZSTD(1)),
    `generation` Int64 CODEC(ZSTD(1)),
    `registration` UUID CODEC(ZSTD(1)),
    `at` Int64 COMMENT 'timestamp of one statement that has a row of its own, else not at all' CODEC(ZSTD(1)),
    `stored` Int64 COMMENT 'of that statement, else 0' CODEC(ZSTD(1)),
    `start` SimpleAggregateFunction(max, UInt8) COMMENT '1: begins an attempt without a registration' CODEC(ZSTD(1)),
    `first_at` SimpleAggregateFunction(min, Int64) CODEC(ZSTD(1)),
    `last_at` SimpleAggregateFunction(max, Int64) CODEC(ZSTD(1)),
    `place` SimpleAggregateFunction(max, Tuple(at Int64, stored Int64, activity String)) COMMENT 'latest statement about an activity' CODEC(ZSTD(1)),
    `final` SimpleAggregateFunction(max, Tuple(at Int64, stored Int64, value Int64)) COMMENT 'latest score in billionths of a session that ended' CODEC(ZSTD(1)),
    `score` SimpleAggregateFunction(max, Tuple(at Int64, stored Int64, value Int64)) COMMENT 'latest score in billionths' CODEC(ZSTD(1)),
    `verdict` SimpleAggregateFunction(max, Tuple(at Int64, stored Int64, value Int8)) COMMENT 'latest verdict: 1 passed, 0 failed, -1 none' CODEC(ZSTD(1)),
    `duration` SimpleAggregateFunction(max, Int64) COMMENT 'of a session, hundredths of a second, -1 when not said' CODEC(ZSTD(1))
)
ENGINE = AggregatingMergeTree
ORDER BY (tenant, course, learner, generation, registration, at, stored)
SETTINGS index_granularity = 1024,
    fsync_after_insert = 1, fsync_part_directory = 1, min_compressed_bytes_to_fsync_after_merge = 1, old_parts_lifetime = 60;

CREATE TABLE IF NOT EXISTS progress_slots
(
    `tenant` String,
    `course` LowCardinality(String),
    `learner` String CODEC(ZSTD(1)),
    `generation` Int64 CODEC(ZSTD(1)),
    `slot` Int32 COMMENT 'ten minutes, counted from 1970 in UTC' CODEC(ZSTD(1)),
    `first_at` SimpleAggregateFunction(min, Int64) CODEC(ZSTD(1)),
    `last_at` SimpleAggregateFunction(max, Int64) CODEC(ZSTD(1)),
    `statements` SimpleAggregateFunction(groupUniqArrayArray, Array(Int64)) COMMENT 'stored of each' CODEC(ZSTD(1))
)
ENGINE = AggregatingMergeTree
ORDER BY (tenant, course, learner, generation, slot)
SETTINGS index_granularity = 1024,
    fsync_after_insert = 1, fsync_part_directory = 1, min_compressed_bytes_to_fsync_after_merge = 1, old_parts_lifetime = 60;

CREATE TABLE IF NOT EXISTS progress_answers
(
    `tenant` String,
    `course` LowCardinality(String),
    `question` LowCardinality(String),
    `learner` String CODEC(ZSTD(1)),
    `generation` Int64 CODEC(ZSTD(1)),
    `first` SimpleAggregateFunction(min, Tuple(at Int64, stored Int64, correct Int8, mark Int64, response String)) COMMENT 'first answer: correct is 1, 0 or -1 for not said, mark in billionths or not at all' CODEC(ZSTD(1))
)
ENGINE = AggregatingMergeTree
ORDER BY (tenant, course, question, learner, generation)
SETTINGS index_granularity = 1024,
    fsync_after_insert = 1, fsync_part_directory = 1, min_compressed_bytes_to_fsync_after_merge = 1, old_parts_lifetime = 60;

CREATE TABLE IF NOT EXISTS progress_generations
(
    `tenant` String,
    `learner` String,
    `generation` Int64 COMMENT 'the highest is in force; who has no row has generation 0'
)
ENGINE = ReplacingMergeTree(generation)
ORDER BY (tenant, learner)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_compressed_bytes_to_fsync_after_merge = 1, old_parts_lifetime = 60;

CREATE TABLE IF NOT EXISTS course_settings
(
    `tenant` String,
    `course` String,
    `duration` LowCardinality(String) COMMENT 'what result.duration says: session or cumulative',
    `version` Int64
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (tenant, course)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_compressed_bytes_to_fsync_after_merge = 1, old_parts_lifetime = 60;

-- The new tables hold nothing of what is stored already: progress starts anew.
INSERT INTO progress_cursor (name, version, stored) SELECT 'progress', max(version) + 1, -1 FROM progress_cursor WHERE name = 'progress' HAVING count() > 0;
