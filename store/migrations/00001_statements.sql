-- +goose Up
-- Times are microseconds since 1970 in UTC: exact, and the cursor of every page.
-- Merging is the dearest part of ingestion, since it packs every text again. So
-- more parts are merged at once than usual (merge_selector_…), in fewer rounds;
-- those of statements in twenties: they lie one behind the other in time, so a
-- read knows from the index in memory which one it needs, however many there are.
-- The columns that are read together with raw, of rows that lie far apart, have
-- small blocks: of each block one row is wanted.

CREATE TABLE IF NOT EXISTS statements
(
    `tenant` String,
    `stored` Int64 CODEC(Delta, ZSTD(1)) SETTINGS (min_compress_block_size = 4096, max_compress_block_size = 4096),
    `id` UUID CODEC(NONE) SETTINGS (min_compress_block_size = 4096, max_compress_block_size = 4096),
    `timestamp` Int64 CODEC(Delta, ZSTD(1)),
    `version` LowCardinality(String) CODEC(ZSTD(1)),
    `authority` LowCardinality(String) CODEC(ZSTD(1)),
    `actor` String CODEC(ZSTD(1)),
    `verb` LowCardinality(String) CODEC(ZSTD(1)),
    `object_kind` UInt8 COMMENT '1 Activity, 2 Agent, 3 Group, 4 StatementRef, 5 SubStatement' CODEC(ZSTD(1)),
    `object` String CODEC(ZSTD(1)),
    `ref` UUID COMMENT 'target of a StatementRef' CODEC(ZSTD(1)),
    `voiding` UInt8 CODEC(ZSTD(1)) SETTINGS (min_compress_block_size = 4096, max_compress_block_size = 4096),
    `registration` UUID CODEC(NONE) SETTINGS (min_compress_block_size = 4096, max_compress_block_size = 4096),
    `courses` Array(LowCardinality(String)) COMMENT 'activities whose progress the statement belongs to' CODEC(ZSTD(1)),
    `success` Int8 COMMENT '1 true, 0 false, -1 not said' CODEC(ZSTD(1)),
    `completion` Int8 COMMENT '1 true, 0 false, -1 not said' CODEC(ZSTD(1)),
    `score_scaled` Float64 COMMENT 'NaN when not said' CODEC(ZSTD(1)),
    `score_raw` Float64 COMMENT 'NaN when not said' CODEC(ZSTD(1)),
    `score_min` Float64 COMMENT 'NaN when not said' CODEC(ZSTD(1)),
    `score_max` Float64 COMMENT 'NaN when not said' CODEC(ZSTD(1)),
    `duration` Int64 COMMENT 'hundredths of a second, -1 when not said' CODEC(T64, ZSTD(1)),
    `raw` String COMMENT 'JSON, in which the bytes 1, 2 and 3 stand for id, registration and stored' CODEC(ZSTD(1)),
    `stored_at` DateTime64(6, 'UTC') ALIAS fromUnixTimestamp64Micro(stored, 'UTC'),
    `timestamp_at` DateTime64(6, 'UTC') ALIAS fromUnixTimestamp64Micro(timestamp, 'UTC')
)
ENGINE = MergeTree
ORDER BY (tenant, stored)
SETTINGS index_granularity = 64, merge_selector_base = 8, min_parts_to_merge_at_once = 20, merge_selector_enable_heuristic_to_lower_max_parts_to_merge_at_once = 0,
    fsync_after_insert = 1, fsync_part_directory = 1, min_compressed_bytes_to_fsync_after_merge = 1, old_parts_lifetime = 60;

CREATE TABLE IF NOT EXISTS lookups
(
    `tenant` String,
    `kind` UInt8 COMMENT '1 id, 2 agent, 3 related agent, 4 authority, 5 activity, 6 related activity, 7 registration, 8 verb, 9 reference to, 10 voiding of, 11 attachment' CODEC(ZSTD(1)),
    `key` UUID CODEC(ZSTD(1)),
    `stored` Int64 CODEC(Delta, ZSTD(1)),
    `verb` LowCardinality(String) CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree
ORDER BY (tenant, kind, key, stored)
SETTINGS index_granularity = 1024, merge_selector_base = 8, merge_selector_enable_heuristic_to_lower_max_parts_to_merge_at_once = 0,
    fsync_after_insert = 1, fsync_part_directory = 1, min_compressed_bytes_to_fsync_after_merge = 1, old_parts_lifetime = 60;

CREATE TABLE IF NOT EXISTS refs
(
    `tenant` String,
    `target` Int64 COMMENT 'stored of the statement that is pointed to' CODEC(ZSTD(1)),
    `referrer` Int64 COMMENT 'stored of the statement whose object is the StatementRef' CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree
ORDER BY (tenant, target, referrer)
SETTINGS index_granularity = 1024,
    fsync_after_insert = 1, fsync_part_directory = 1, min_compressed_bytes_to_fsync_after_merge = 1, old_parts_lifetime = 60;

CREATE TABLE IF NOT EXISTS api_keys
(
    `id` String CODEC(ZSTD(1)),
    `record` String COMMENT 'JSON, the secret only as its SHA-256',
    `version` Int64 CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(version)
ORDER BY id
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_compressed_bytes_to_fsync_after_merge = 1, old_parts_lifetime = 60;

ALTER TABLE goose_db_version MODIFY SETTING fsync_after_insert = 1, fsync_part_directory = 1,
    min_compressed_bytes_to_fsync_after_merge = 1, old_parts_lifetime = 60;
