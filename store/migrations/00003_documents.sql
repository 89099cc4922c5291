-- +goose Up
-- Documents of the State and profile resources, the latest version of each; what
-- it replaces, and the tombstone of what was deleted, goes or stays with merging.
-- A part is read in small granules: one document of many is wanted.

CREATE TABLE IF NOT EXISTS documents
(
    `tenant` String,
    `kind` UInt8 COMMENT '1 State, 2 Agent Profile, 3 Activity Profile' CODEC(ZSTD(1)),
    `activity` String COMMENT 'empty for an Agent Profile' CODEC(ZSTD(1)),
    `agent` String COMMENT 'identifier of the Agent, empty for an Activity Profile' CODEC(ZSTD(1)),
    `registration` UUID COMMENT 'zero: none' CODEC(ZSTD(1)),
    `id` String COMMENT 'stateId or profileId' CODEC(ZSTD(1)),
    `version` Int64 COMMENT 'when it was stored, in microseconds since 1970' CODEC(ZSTD(1)),
    `deleted` UInt8 COMMENT '1: there is no document since version' CODEC(ZSTD(1)),
    `content_type` String COMMENT 'as it was sent' CODEC(ZSTD(1)),
    `etag` FixedString(40) COMMENT 'SHA-1 of content in hex' CODEC(NONE),
    `content` String CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (tenant, kind, activity, agent, registration, id)
SETTINGS index_granularity = 64, index_granularity_bytes = 1048576,
    fsync_after_insert = 1, fsync_part_directory = 1, min_compressed_bytes_to_fsync_after_merge = 1, old_parts_lifetime = 60;
