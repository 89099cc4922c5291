-- +goose Up
-- Figures that are published for tools of business intelligence: what may be shown
-- of many people, and nothing else. A publication is the rows of one instant; it is
-- there once bi_about_rows has it, which is written last. The views have the newest
-- publication of each tenant. A figure that is suppressed is NULL and stands in
-- suppressed; a row of which nothing can be shown is not there.

CREATE TABLE IF NOT EXISTS bi_about_rows
(
    `tenant` String,
    `published` Int64 COMMENT 'which publication, microseconds since 1970',
    `published_at` DateTime64(6, 'UTC'),
    `counted_to` DateTime64(6, 'UTC'),
    `smallest_group` UInt32,
    `zone` String
)
ENGINE = ReplacingMergeTree
ORDER BY (tenant, published)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_compressed_bytes_to_fsync_after_merge = 1, old_parts_lifetime = 60;

CREATE TABLE IF NOT EXISTS bi_course_rows
(
    `tenant` String,
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
    `suppressed` Array(String)
)
ENGINE = ReplacingMergeTree
ORDER BY (tenant, published, course)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_compressed_bytes_to_fsync_after_merge = 1, old_parts_lifetime = 60;

CREATE TABLE IF NOT EXISTS bi_unit_rows
(
    `tenant` String,
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
    `suppressed` Array(String)
)
ENGINE = ReplacingMergeTree
ORDER BY (tenant, published, unit)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_compressed_bytes_to_fsync_after_merge = 1, old_parts_lifetime = 60;

CREATE TABLE IF NOT EXISTS bi_month_rows
(
    `tenant` String,
    `published` Int64,
    `course` String CODEC(ZSTD(1)),
    `month` Date32,
    `started` Nullable(UInt64),
    `completed` Nullable(UInt64),
    `active` Nullable(UInt64),
    `suppressed` Array(String)
)
ENGINE = ReplacingMergeTree
ORDER BY (tenant, published, course, month)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_compressed_bytes_to_fsync_after_merge = 1, old_parts_lifetime = 60;

CREATE TABLE IF NOT EXISTS bi_hour_rows
(
    `tenant` String,
    `published` Int64,
    `course` String CODEC(ZSTD(1)),
    `weekday` UInt32,
    `hour` UInt32,
    `statements` Nullable(UInt64),
    `learners` Nullable(UInt64),
    `suppressed` Array(String)
)
ENGINE = ReplacingMergeTree
ORDER BY (tenant, published, course, weekday, hour)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_compressed_bytes_to_fsync_after_merge = 1, old_parts_lifetime = 60;

CREATE TABLE IF NOT EXISTS bi_question_rows
(
    `tenant` String,
    `published` Int64,
    `course` String CODEC(ZSTD(1)),
    `question` String CODEC(ZSTD(1)),
    `answers` Nullable(UInt64),
    `judged` Nullable(UInt64),
    `right_answers` Nullable(UInt64),
    `difficulty` Nullable(Float64),
    `facility` Nullable(Float64),
    `discrimination` Nullable(Float64),
    `suppressed` Array(String)
)
ENGINE = ReplacingMergeTree
ORDER BY (tenant, published, course, question)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_compressed_bytes_to_fsync_after_merge = 1, old_parts_lifetime = 60;

CREATE VIEW IF NOT EXISTS bi_about AS
SELECT published_at, counted_to, smallest_group, zone
FROM bi_about_rows FINAL WHERE (tenant, published) IN (SELECT tenant, max(published) FROM bi_about_rows GROUP BY tenant);

CREATE VIEW IF NOT EXISTS bi_courses AS
SELECT course, learners, started, completed, passed, failed, at_risk, completion_rate, pass_rate, average_score, time_spent_median, time_to_completion_median, last_activity, suppressed
FROM bi_course_rows FINAL WHERE (tenant, published) IN (SELECT tenant, max(published) FROM bi_about_rows GROUP BY tenant);

CREATE VIEW IF NOT EXISTS bi_units AS
SELECT unit, parent, level, name, code, headcount, learners, started, completed, active, at_risk, average_score, last_activity, suppressed
FROM bi_unit_rows FINAL WHERE (tenant, published) IN (SELECT tenant, max(published) FROM bi_about_rows GROUP BY tenant);

CREATE VIEW IF NOT EXISTS bi_months AS
SELECT course, month, started, completed, active, suppressed
FROM bi_month_rows FINAL WHERE (tenant, published) IN (SELECT tenant, max(published) FROM bi_about_rows GROUP BY tenant);

CREATE VIEW IF NOT EXISTS bi_hours AS
SELECT course, weekday, hour, statements, learners, suppressed
FROM bi_hour_rows FINAL WHERE (tenant, published) IN (SELECT tenant, max(published) FROM bi_about_rows GROUP BY tenant);

CREATE VIEW IF NOT EXISTS bi_questions AS
SELECT course, question, answers, judged, right_answers, difficulty, facility, discrimination, suppressed
FROM bi_question_rows FINAL WHERE (tenant, published) IN (SELECT tenant, max(published) FROM bi_about_rows GROUP BY tenant);
