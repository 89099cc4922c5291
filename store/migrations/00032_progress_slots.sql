-- +goose Up
-- The instants of a slot are counted from its beginning: a third of the bytes.
-- The slots are made anew from the statements.

DROP TABLE IF EXISTS progress_slots;

CREATE TABLE IF NOT EXISTS progress_slots
(
    `tenant` String,
    `course` LowCardinality(String),
    `learner` String CODEC(ZSTD(1)),
    `generation` Int64 CODEC(ZSTD(1)),
    `slot` Int32 COMMENT 'ten minutes, counted from 1970 in UTC' CODEC(ZSTD(1)),
    `first` SimpleAggregateFunction(min, UInt32) COMMENT 'earliest timestamp, microseconds from the beginning of the slot' CODEC(ZSTD(1)),
    `last` SimpleAggregateFunction(max, UInt32) COMMENT 'latest timestamp, as well' CODEC(ZSTD(1)),
    `statements` SimpleAggregateFunction(groupUniqArrayArray, Array(Int64)) COMMENT 'stored of each' CODEC(ZSTD(1))
)
ENGINE = AggregatingMergeTree
ORDER BY (tenant, course, learner, generation, slot)
SETTINGS index_granularity = 1024,
    fsync_after_insert = 1, fsync_part_directory = 1, min_compressed_bytes_to_fsync_after_merge = 1, old_parts_lifetime = 60;

INSERT INTO progress_cursor (name, version, stored) SELECT 'progress', max(version) + 1, -1 FROM progress_cursor WHERE name = 'progress' HAVING count() > 0;
