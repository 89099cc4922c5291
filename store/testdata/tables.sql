CREATE TABLE activity_definitions (`tenant` String,
`key` UUID COMMENT 'of the activity, as in lookups' CODEC(ZSTD(1)),
`digest` UUID COMMENT 'of the definition' CODEC(NONE),
`stored` Int64 COMMENT 'of the last statement that brought it when another one, or none, was the last' CODEC(ZSTD(1)),
`bytes` UInt32 COMMENT 'of the definition' CODEC(ZSTD(1)),
`activity` String CODEC(ZSTD(1)),
`definition` String COMMENT 'JSON as sent' CODEC(ZSTD(1)))
ENGINE = ReplacingMergeTree(stored)
ORDER BY (tenant, key, digest)
SETTINGS index_granularity = 256, fsync_after_insert = 1, fsync_part_directory = 1, min_compressed_bytes_to_fsync_after_merge = 1, old_parts_lifetime = 60;

CREATE TABLE api_keys (`id` String CODEC(ZSTD(1)),
`record` String COMMENT 'JSON, the secret only as its SHA-256',
`version` Int64 CODEC(ZSTD(1)))
ENGINE = ReplacingMergeTree(version)
ORDER BY id
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_compressed_bytes_to_fsync_after_merge = 1, old_parts_lifetime = 60, index_granularity = 8192;

CREATE TABLE bi_about_rows (`tenant` String,
`published` Int64 COMMENT 'which publication, microseconds since 1970',
`published_at` DateTime64(6, 'UTC'),
`counted_to` DateTime64(6, 'UTC'),
`smallest_group` UInt32,
`zone` String)
ENGINE = ReplacingMergeTree
ORDER BY (tenant, published)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_compressed_bytes_to_fsync_after_merge = 1, old_parts_lifetime = 60, index_granularity = 8192;

CREATE TABLE bi_course_rows (`tenant` String,
`published` Int64,
`course` String CODEC(ZSTD(1)),
`learners` Nullable(UInt64),
`started` Nullable(UInt64),
`completed` Nullable(UInt64),
`passed` Nullable(UInt64),
`failed` Nullable(UInt64),
`at_risk` Nullable(UInt64),
`completion_rate` Nullable(Float64),
`pass_rate` Nullable(Float64),
`average_score` Nullable(Float64),
`time_spent_median` Nullable(Float64),
`time_to_completion_median` Nullable(Float64),
`last_activity` Nullable(Date32),
`suppressed` Array(String))
ENGINE = ReplacingMergeTree
ORDER BY (tenant, published, course)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_compressed_bytes_to_fsync_after_merge = 1, old_parts_lifetime = 60, index_granularity = 8192;

CREATE TABLE bi_hour_rows (`tenant` String,
`published` Int64,
`course` String CODEC(ZSTD(1)),
`weekday` UInt32,
`hour` UInt32,
`statements` Nullable(UInt64),
`learners` Nullable(UInt64),
`suppressed` Array(String))
ENGINE = ReplacingMergeTree
ORDER BY (tenant, published, course, weekday, hour)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_compressed_bytes_to_fsync_after_merge = 1, old_parts_lifetime = 60, index_granularity = 8192;

CREATE TABLE bi_month_rows (`tenant` String,
`published` Int64,
`course` String CODEC(ZSTD(1)),
`month` Date32,
`started` Nullable(UInt64),
`completed` Nullable(UInt64),
`active` Nullable(UInt64),
`suppressed` Array(String))
ENGINE = ReplacingMergeTree
ORDER BY (tenant, published, course, month)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_compressed_bytes_to_fsync_after_merge = 1, old_parts_lifetime = 60, index_granularity = 8192;

CREATE TABLE bi_question_rows (`tenant` String,
`published` Int64,
`course` String CODEC(ZSTD(1)),
`question` String CODEC(ZSTD(1)),
`answers` Nullable(UInt64),
`judged` Nullable(UInt64),
`right_answers` Nullable(UInt64),
`difficulty` Nullable(Float64),
`facility` Nullable(Float64),
`discrimination` Nullable(Float64),
`suppressed` Array(String))
ENGINE = ReplacingMergeTree
ORDER BY (tenant, published, course, question)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_compressed_bytes_to_fsync_after_merge = 1, old_parts_lifetime = 60, index_granularity = 8192;

CREATE TABLE bi_unit_rows (`tenant` String,
`published` Int64,
`unit` String CODEC(ZSTD(1)),
`parent` String CODEC(ZSTD(1)),
`level` UInt32,
`name` String CODEC(ZSTD(1)),
`code` String CODEC(ZSTD(1)),
`headcount` Nullable(UInt64),
`learners` Nullable(UInt64),
`started` Nullable(UInt64),
`completed` Nullable(UInt64),
`active` Nullable(UInt64),
`at_risk` Nullable(UInt64),
`average_score` Nullable(Float64),
`last_activity` Nullable(Date32),
`suppressed` Array(String))
ENGINE = ReplacingMergeTree
ORDER BY (tenant, published, unit)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_compressed_bytes_to_fsync_after_merge = 1, old_parts_lifetime = 60, index_granularity = 8192;

CREATE TABLE course_settings (`tenant` String,
`course` String,
`duration` LowCardinality(String) COMMENT 'what result.duration says: session or cumulative',
`version` Int64)
ENGINE = ReplacingMergeTree(version)
ORDER BY (tenant, course)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_compressed_bytes_to_fsync_after_merge = 1, old_parts_lifetime = 60, index_granularity = 8192;

CREATE TABLE deleted (`tenant` String,
`id` UUID COMMENT 'of a statement that was deleted' CODEC(NONE),
`stored` Int64 CODEC(ZSTD(1)))
ENGINE = ReplacingMergeTree
ORDER BY (tenant, id, stored)
SETTINGS index_granularity = 1024, fsync_after_insert = 1, fsync_part_directory = 1, min_compressed_bytes_to_fsync_after_merge = 1, old_parts_lifetime = 60;

CREATE TABLE deletion_items (`tenant` String,
`job` UUID COMMENT 'id of the deletion' CODEC(ZSTD(1)),
`stored` Int64 CODEC(Delta(8), ZSTD(1)),
`id` UUID CODEC(NONE),
`learner` String COMMENT 'whose progress changes: the actor, of a voiding statement that of its target' CODEC(ZSTD(1)))
ENGINE = ReplacingMergeTree PARTITION BY job
ORDER BY (tenant, job, stored)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_compressed_bytes_to_fsync_after_merge = 1, old_parts_lifetime = 60, index_granularity = 8192;

CREATE TABLE deletions (`tenant` String,
`id` UUID,
`version` Int64 COMMENT 'the row with the highest is in force' CODEC(ZSTD(1)),
`state` LowCardinality(String) COMMENT 'begun, chosen, done, purged; abandoned when it never got beyond begun' CODEC(ZSTD(1)),
`record` String COMMENT 'JSON: who, when, digest of the selection, how many' CODEC(ZSTD(1)))
ENGINE = ReplacingMergeTree(version)
ORDER BY (tenant, id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_compressed_bytes_to_fsync_after_merge = 1, old_parts_lifetime = 60, index_granularity = 8192;

CREATE TABLE directory_cursor (`tenant` String,
`version` Int64 COMMENT 'of the directory that the tables above show' CODEC(ZSTD(1)),
`day` Date32 COMMENT 'the day that counts as today in them' CODEC(ZSTD(1)),
`written` Int64 COMMENT 'when; the row with the highest is in force' CODEC(ZSTD(1)))
ENGINE = ReplacingMergeTree(written)
ORDER BY tenant
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_compressed_bytes_to_fsync_after_merge = 1, old_parts_lifetime = 60, index_granularity = 8192;

CREATE TABLE documents (`tenant` String,
`kind` UInt8 COMMENT '1 State, 2 Agent Profile, 3 Activity Profile' CODEC(ZSTD(1)),
`activity` String COMMENT 'empty for an Agent Profile' CODEC(ZSTD(1)),
`agent` String COMMENT 'identifier of the Agent, empty for an Activity Profile' CODEC(ZSTD(1)),
`registration` UUID COMMENT 'zero: none' CODEC(ZSTD(1)),
`id` String COMMENT 'stateId or profileId' CODEC(ZSTD(1)),
`version` Int64 COMMENT 'when it was stored, in microseconds since 1970' CODEC(ZSTD(1)),
`deleted` UInt8 COMMENT '1: there is no document since version' CODEC(ZSTD(1)),
`content_type` String COMMENT 'as it was sent' CODEC(ZSTD(1)),
`etag` FixedString(40) COMMENT 'SHA-1 of content in hex' CODEC(NONE),
`content` String CODEC(ZSTD(1)))
ENGINE = ReplacingMergeTree(version)
ORDER BY (tenant, kind, activity, agent, registration, id)
SETTINGS index_granularity = 64, index_granularity_bytes = 1048576, fsync_after_insert = 1, fsync_part_directory = 1, min_compressed_bytes_to_fsync_after_merge = 1, old_parts_lifetime = 60;

CREATE TABLE goose_db_version (`version_id` Int64,
`is_applied` UInt8,
`date` Date DEFAULT now(),
`tstamp` DateTime DEFAULT now())
ENGINE = MergeTree
ORDER BY (version_id)
SETTINGS index_granularity = 8192, fsync_after_insert = 1, fsync_part_directory = 1, min_compressed_bytes_to_fsync_after_merge = 1, old_parts_lifetime = 60;

CREATE TABLE headcounts (`tenant` String,
`unit` String COMMENT 'id of the unit',
`year` UInt16,
`count` UInt32 COMMENT 'staff of the unit with all that lies below it' CODEC(ZSTD(1)),
`version` Int64 CODEC(ZSTD(1)),
`deleted` UInt8 CODEC(ZSTD(1)))
ENGINE = ReplacingMergeTree(version, deleted)
ORDER BY (tenant, unit, year)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_compressed_bytes_to_fsync_after_merge = 1, old_parts_lifetime = 60, index_granularity = 8192;

CREATE TABLE lookups (`tenant` String,
`kind` UInt8 COMMENT '1 id, 2 agent, 3 related agent, 4 authority, 5 activity, 6 related activity, 7 registration, 8 verb, 9 reference to, 10 voiding of, 11 attachment' CODEC(ZSTD(1)),
`key` UUID CODEC(ZSTD(1)),
`stored` Int64 CODEC(Delta(8), ZSTD(1)),
`verb` LowCardinality(String) CODEC(ZSTD(1)))
ENGINE = ReplacingMergeTree
ORDER BY (tenant, kind, key, stored)
SETTINGS index_granularity = 1024, merge_selector_base = 8, merge_selector_enable_heuristic_to_lower_max_parts_to_merge_at_once = 0, fsync_after_insert = 1, fsync_part_directory = 1, min_compressed_bytes_to_fsync_after_merge = 1, old_parts_lifetime = 60;

CREATE TABLE person_groups (`tenant` String,
`group` String COMMENT 'id of the group' CODEC(ZSTD(1)),
`person` String CODEC(ZSTD(1)),
`role` LowCardinality(String) COMMENT 'member or trainer' CODEC(ZSTD(1)),
`since` Date32 COMMENT 'first day' CODEC(ZSTD(1)),
`until` Date32 COMMENT 'last day' CODEC(ZSTD(1)),
`version` Int64 CODEC(ZSTD(1)),
`deleted` UInt8 CODEC(ZSTD(1)))
ENGINE = ReplacingMergeTree(version, deleted)
ORDER BY (tenant, group, person, role)
SETTINGS index_granularity = 1024, fsync_after_insert = 1, fsync_part_directory = 1, min_compressed_bytes_to_fsync_after_merge = 1, old_parts_lifetime = 60;

CREATE TABLE person_units (`tenant` String,
`person` String CODEC(ZSTD(1)),
`since` Date32 COMMENT 'first day of a span in which neither unit nor path change' CODEC(ZSTD(1)),
`until` Date32 COMMENT 'last day of it' CODEC(ZSTD(1)),
`unit` String CODEC(ZSTD(1)),
`path` Array(String) COMMENT 'of the tree of that time' CODEC(ZSTD(1)),
`version` Int64 CODEC(ZSTD(1)),
`deleted` UInt8 CODEC(ZSTD(1)))
ENGINE = ReplacingMergeTree(version, deleted)
ORDER BY (tenant, person, since)
SETTINGS index_granularity = 1024, fsync_after_insert = 1, fsync_part_directory = 1, min_compressed_bytes_to_fsync_after_merge = 1, old_parts_lifetime = 60;

CREATE TABLE persons (`tenant` String,
`identifier` String COMMENT 'as statements.actor has it; an mbox also as its mbox_sha1sum' CODEC(ZSTD(1)),
`person` String COMMENT 'id of the person' CODEC(ZSTD(1)),
`name` String CODEC(ZSTD(1)),
`unit` String COMMENT 'id of the unit that the person belongs to today, empty for none' CODEC(ZSTD(1)),
`path` Array(String) COMMENT 'ids of the units above it today, the topmost first, and its own' CODEC(ZSTD(1)),
`version` Int64 COMMENT 'when it was written; the row with the highest is in force' CODEC(ZSTD(1)),
`deleted` UInt8 COMMENT '1: nobody has the identifier since version' CODEC(ZSTD(1)))
ENGINE = ReplacingMergeTree(version, deleted)
ORDER BY (tenant, identifier)
SETTINGS index_granularity = 1024, fsync_after_insert = 1, fsync_part_directory = 1, min_compressed_bytes_to_fsync_after_merge = 1, old_parts_lifetime = 60;

CREATE TABLE progress (`tenant` String,
`course` LowCardinality(String),
`learner` String COMMENT 'identifier of the actor',
`version` Int64 COMMENT 'every statement with stored <= version is in the row',
`started_at` Int64 COMMENT 'timestamp of the first statement that the learner caused, else never' CODEC(ZSTD(1)),
`completed_at` Int64 COMMENT 'timestamp of the first completion, else never' CODEC(ZSTD(1)),
`last_at` Int64 COMMENT 'latest timestamp; not at all: every statement is voided' CODEC(ZSTD(1)),
`verdict` Tuple(at Int64, stored Int64, value Int8) COMMENT 'latest verdict: 1 passed, 0 failed, -1 none' CODEC(ZSTD(1)),
`score` Tuple(at Int64, stored Int64, value Int64) COMMENT 'latest score in billionths of the scale; at: not at all when none' CODEC(ZSTD(1)))
ENGINE = ReplacingMergeTree(version)
ORDER BY (tenant, course, learner)
SETTINGS index_granularity = 1024, fsync_after_insert = 1, fsync_part_directory = 1, min_compressed_bytes_to_fsync_after_merge = 1, old_parts_lifetime = 60;

CREATE TABLE progress_answers (`tenant` String,
`course` LowCardinality(String),
`question` LowCardinality(String),
`learner` String CODEC(ZSTD(1)),
`generation` Int64 CODEC(ZSTD(1)),
`first` SimpleAggregateFunction(min, Tuple(at Int64, stored Int64, correct Int8, mark Int64, response String)) COMMENT 'first answer: correct is 1, 0 or -1 for not said, mark in billionths or not at all' CODEC(ZSTD(1)))
ENGINE = AggregatingMergeTree
ORDER BY (tenant, course, question, learner, generation)
SETTINGS index_granularity = 1024, fsync_after_insert = 1, fsync_part_directory = 1, min_compressed_bytes_to_fsync_after_merge = 1, old_parts_lifetime = 60;

CREATE TABLE progress_attempts (`tenant` String,
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
`duration` SimpleAggregateFunction(max, Int64) COMMENT 'of a session, hundredths of a second, -1 when not said' CODEC(ZSTD(1)))
ENGINE = AggregatingMergeTree
ORDER BY (tenant, course, learner, generation, registration, at, stored)
SETTINGS index_granularity = 1024, fsync_after_insert = 1, fsync_part_directory = 1, min_compressed_bytes_to_fsync_after_merge = 1, old_parts_lifetime = 60;

CREATE TABLE progress_cursor (`name` LowCardinality(String),
`version` Int64 COMMENT 'the row with the highest is in force',
`stored` Int64 COMMENT 'progress contains every statement up to here; -1: to be rebuilt')
ENGINE = ReplacingMergeTree(version)
ORDER BY name
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_compressed_bytes_to_fsync_after_merge = 1, old_parts_lifetime = 60, index_granularity = 8192;

CREATE TABLE progress_generations (`tenant` String,
`learner` String,
`generation` Int64 COMMENT 'the highest is in force; who has no row has generation 0')
ENGINE = ReplacingMergeTree(generation)
ORDER BY (tenant, learner)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_compressed_bytes_to_fsync_after_merge = 1, old_parts_lifetime = 60, index_granularity = 8192;

CREATE TABLE progress_learners (`tenant` String,
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
`gaps` Int64 COMMENT 'time between statements, microseconds' CODEC(ZSTD(1)))
ENGINE = ReplacingMergeTree(version)
ORDER BY (tenant, course, learner)
SETTINGS index_granularity = 1024, fsync_after_insert = 1, fsync_part_directory = 1, min_compressed_bytes_to_fsync_after_merge = 1, old_parts_lifetime = 60;

CREATE TABLE progress_slots (`tenant` String,
`course` LowCardinality(String),
`learner` String CODEC(ZSTD(1)),
`generation` Int64 CODEC(ZSTD(1)),
`slot` Int32 COMMENT 'ten minutes, counted from 1970 in UTC' CODEC(ZSTD(1)),
`first` SimpleAggregateFunction(min, UInt32) COMMENT 'earliest timestamp, microseconds from the beginning of the slot' CODEC(ZSTD(1)),
`last` SimpleAggregateFunction(max, UInt32) COMMENT 'latest timestamp, as well' CODEC(ZSTD(1)),
`statements` SimpleAggregateFunction(groupUniqArrayArray, Array(Int64)) COMMENT 'stored of each' CODEC(ZSTD(1)))
ENGINE = AggregatingMergeTree
ORDER BY (tenant, course, learner, generation, slot)
SETTINGS index_granularity = 1024, fsync_after_insert = 1, fsync_part_directory = 1, min_compressed_bytes_to_fsync_after_merge = 1, old_parts_lifetime = 60;

CREATE TABLE progress_weeks (`tenant` String,
`week` Date32 COMMENT 'its Monday, in the zone of progress' CODEC(ZSTD(1)),
`learner` String CODEC(ZSTD(1)),
`version` Int64 CODEC(ZSTD(1)),
`statements` UInt64 COMMENT 'each once; 0: everything was voided' CODEC(ZSTD(1)))
ENGINE = ReplacingMergeTree(version)
ORDER BY (tenant, week, learner)
SETTINGS index_granularity = 1024, fsync_after_insert = 1, fsync_part_directory = 1, min_compressed_bytes_to_fsync_after_merge = 1, old_parts_lifetime = 60;

CREATE TABLE refs (`tenant` String,
`target` Int64 COMMENT 'stored of the statement that is pointed to' CODEC(ZSTD(1)),
`referrer` Int64 COMMENT 'stored of the statement whose object is the StatementRef' CODEC(ZSTD(1)))
ENGINE = ReplacingMergeTree
ORDER BY (tenant, target, referrer)
SETTINGS index_granularity = 1024, fsync_after_insert = 1, fsync_part_directory = 1, min_compressed_bytes_to_fsync_after_merge = 1, old_parts_lifetime = 60;

CREATE TABLE repairs (`tenant` String,
`stored` Int64 COMMENT 'of the statement' CODEC(Delta(8), ZSTD(1)),
`id` UUID CODEC(ZSTD(1)),
`timestamp` Int64 COMMENT 'of the statement' CODEC(Delta(8), ZSTD(1)),
`activity` String COMMENT 'the object, if it is an Activity' CODEC(ZSTD(1)),
`courses` Array(LowCardinality(String)) CODEC(ZSTD(1)),
`repairs` Array(LowCardinality(String)) CODEC(ZSTD(1)),
`pointers` Array(String) COMMENT 'what each of them changed in original (RFC 6901)' CODEC(ZSTD(1)),
`original` String COMMENT 'JSON, to the byte as it was sent' CODEC(ZSTD(3)))
ENGINE = ReplacingMergeTree
ORDER BY (tenant, stored)
SETTINGS index_granularity = 1024, fsync_after_insert = 1, fsync_part_directory = 1, min_compressed_bytes_to_fsync_after_merge = 1, old_parts_lifetime = 60;

CREATE TABLE statements (`tenant` String,
`stored` Int64 CODEC(Delta(8), ZSTD(1))
SETTINGS (min_compress_block_size = 4096, max_compress_block_size = 4096),
`id` UUID CODEC(NONE)
SETTINGS (min_compress_block_size = 4096, max_compress_block_size = 4096),
`timestamp` Int64 CODEC(Delta(8), ZSTD(1)),
`version` LowCardinality(String) CODEC(ZSTD(1)),
`authority` LowCardinality(String) CODEC(ZSTD(1)),
`actor` String CODEC(ZSTD(1)),
`verb` LowCardinality(String) CODEC(ZSTD(1)),
`object_kind` UInt8 COMMENT '1 Activity, 2 Agent, 3 Group, 4 StatementRef, 5 SubStatement' CODEC(ZSTD(1)),
`object` String CODEC(ZSTD(1)),
`ref` UUID COMMENT 'target of a StatementRef' CODEC(ZSTD(1)),
`voiding` UInt8 CODEC(ZSTD(1))
SETTINGS (min_compress_block_size = 4096, max_compress_block_size = 4096),
`registration` UUID CODEC(NONE)
SETTINGS (min_compress_block_size = 4096, max_compress_block_size = 4096),
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
`timestamp_at` DateTime64(6, 'UTC') ALIAS fromUnixTimestamp64Micro(timestamp, 'UTC'))
ENGINE = MergeTree
ORDER BY (tenant, stored)
SETTINGS index_granularity = 64, merge_selector_base = 8, min_parts_to_merge_at_once = 20, merge_selector_enable_heuristic_to_lower_max_parts_to_merge_at_once = 0, fsync_after_insert = 1, fsync_part_directory = 1, min_compressed_bytes_to_fsync_after_merge = 1, old_parts_lifetime = 60;

CREATE TABLE units (`tenant` String,
`unit` String COMMENT 'id of the unit' CODEC(ZSTD(1)),
`since` Date32 COMMENT 'first day of a span in which its path does not change' CODEC(ZSTD(1)),
`until` Date32 COMMENT 'last day of it' CODEC(ZSTD(1)),
`code` String COMMENT 'number or sign of the unit, such as 10 or VI' CODEC(ZSTD(1)),
`name` String CODEC(ZSTD(1)),
`kind` LowCardinality(String) CODEC(ZSTD(1)),
`path` Array(String) COMMENT 'ids of the units above it, the topmost first, and its own' CODEC(ZSTD(1)),
`version` Int64 CODEC(ZSTD(1)),
`deleted` UInt8 CODEC(ZSTD(1)))
ENGINE = ReplacingMergeTree(version, deleted)
ORDER BY (tenant, unit, since)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_compressed_bytes_to_fsync_after_merge = 1, old_parts_lifetime = 60, index_granularity = 8192;

