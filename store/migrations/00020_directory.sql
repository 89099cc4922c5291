-- +goose Up
-- Who the learners are, for joins. The directory itself is kept as documents;
-- these tables follow it and can be made anew from it at any time. Each is read
-- with FINAL, which leaves out what is deleted. Days are Date32, both ends
-- included; 1900-01-01 and 2299-12-31 stand for no beginning and no end.

CREATE TABLE IF NOT EXISTS persons
(
    `tenant` String,
    `identifier` String COMMENT 'as statements.actor has it; an mbox also as its mbox_sha1sum' CODEC(ZSTD(1)),
    `person` String COMMENT 'id of the person' CODEC(ZSTD(1)),
    `name` String CODEC(ZSTD(1)),
    `unit` String COMMENT 'id of the unit that the person belongs to today, empty for none' CODEC(ZSTD(1)),
    `path` Array(String) COMMENT 'ids of the units above it today, the topmost first, and its own' CODEC(ZSTD(1)),
    `version` Int64 COMMENT 'when it was written; the row with the highest is in force' CODEC(ZSTD(1)),
    `deleted` UInt8 COMMENT '1: nobody has the identifier since version' CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(version, deleted)
ORDER BY (tenant, identifier)
SETTINGS index_granularity = 1024,
    fsync_after_insert = 1, fsync_part_directory = 1, min_compressed_bytes_to_fsync_after_merge = 1, old_parts_lifetime = 60;

CREATE TABLE IF NOT EXISTS person_units
(
    `tenant` String,
    `person` String CODEC(ZSTD(1)),
    `since` Date32 COMMENT 'first day of a span in which neither unit nor path change' CODEC(ZSTD(1)),
    `until` Date32 COMMENT 'last day of it' CODEC(ZSTD(1)),
    `unit` String CODEC(ZSTD(1)),
    `path` Array(String) COMMENT 'of the tree of that time' CODEC(ZSTD(1)),
    `version` Int64 CODEC(ZSTD(1)),
    `deleted` UInt8 CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(version, deleted)
ORDER BY (tenant, person, since)
SETTINGS index_granularity = 1024,
    fsync_after_insert = 1, fsync_part_directory = 1, min_compressed_bytes_to_fsync_after_merge = 1, old_parts_lifetime = 60;

CREATE TABLE IF NOT EXISTS person_groups
(
    `tenant` String,
    `group` String COMMENT 'id of the group' CODEC(ZSTD(1)),
    `person` String CODEC(ZSTD(1)),
    `role` LowCardinality(String) COMMENT 'member or trainer' CODEC(ZSTD(1)),
    `since` Date32 COMMENT 'first day' CODEC(ZSTD(1)),
    `until` Date32 COMMENT 'last day' CODEC(ZSTD(1)),
    `version` Int64 CODEC(ZSTD(1)),
    `deleted` UInt8 CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(version, deleted)
ORDER BY (tenant, group, person, role)
SETTINGS index_granularity = 1024,
    fsync_after_insert = 1, fsync_part_directory = 1, min_compressed_bytes_to_fsync_after_merge = 1, old_parts_lifetime = 60;

CREATE TABLE IF NOT EXISTS units
(
    `tenant` String,
    `unit` String COMMENT 'id of the unit' CODEC(ZSTD(1)),
    `since` Date32 COMMENT 'first day of a span in which its path does not change' CODEC(ZSTD(1)),
    `until` Date32 COMMENT 'last day of it' CODEC(ZSTD(1)),
    `code` String COMMENT 'number or sign of the unit, such as 10 or VI' CODEC(ZSTD(1)),
    `name` String CODEC(ZSTD(1)),
    `kind` LowCardinality(String) CODEC(ZSTD(1)),
    `path` Array(String) COMMENT 'ids of the units above it, the topmost first, and its own' CODEC(ZSTD(1)),
    `version` Int64 CODEC(ZSTD(1)),
    `deleted` UInt8 CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(version, deleted)
ORDER BY (tenant, unit, since)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_compressed_bytes_to_fsync_after_merge = 1, old_parts_lifetime = 60;

CREATE TABLE IF NOT EXISTS headcounts
(
    `tenant` String,
    `unit` String COMMENT 'id of the unit',
    `year` UInt16,
    `count` UInt32 COMMENT 'staff of the unit with all that lies below it' CODEC(ZSTD(1)),
    `version` Int64 CODEC(ZSTD(1)),
    `deleted` UInt8 CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(version, deleted)
ORDER BY (tenant, unit, year)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_compressed_bytes_to_fsync_after_merge = 1, old_parts_lifetime = 60;

CREATE TABLE IF NOT EXISTS directory_cursor
(
    `tenant` String,
    `version` Int64 COMMENT 'of the directory that the tables above show' CODEC(ZSTD(1)),
    `day` Date32 COMMENT 'the day that counts as today in them' CODEC(ZSTD(1)),
    `written` Int64 COMMENT 'when; the row with the highest is in force' CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(written)
ORDER BY tenant
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_compressed_bytes_to_fsync_after_merge = 1, old_parts_lifetime = 60;
