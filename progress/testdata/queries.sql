-- count
SELECT count(), countIf(voiding = 1) FROM statements WHERE stored > 1000 AND stored <= 2000;

-- first
SELECT min(stored) FROM statements WHERE stored > 1000 AND stored <= 2000;

-- fold
INSERT INTO progress (tenant, course, learner, version, started_at, completed_at, last_at, verdict, score)
SELECT tenant, course, learner, 2000, started_at, completed_at, last_at, verdict, score FROM (
SELECT tenant, course, learner, min(started_at) AS started_at, min(completed_at) AS completed_at,
  max(last_at) AS last_at, max(verdict) AS verdict, max(score) AS score
FROM (
SELECT tenant, toString(course) AS course, toString(actor) AS learner,
  if(void OR verb IN ('http://activitystrea.ms/schema/1.0/assign', 'http://adlnet.gov/expapi/verbs/abandoned', 'http://adlnet.gov/expapi/verbs/assigned', 'http://adlnet.gov/expapi/verbs/launched', 'http://adlnet.gov/expapi/verbs/registered', 'http://adlnet.gov/expapi/verbs/satisfied', 'http://adlnet.gov/expapi/verbs/waived', 'https://w3id.org/xapi/adl/verbs/abandoned', 'https://w3id.org/xapi/adl/verbs/satisfied', 'https://w3id.org/xapi/adl/verbs/waived', 'https://w3id.org/xapi/dod-isd/verbs/assigned', 'https://w3id.org/xapi/tla/verbs/assigned'), 9223372036854775807, timestamp) AS started_at,
  if(NOT void AND own AND (completion = 1 OR verb IN ('http://adlnet.gov/expapi/verbs/completed', 'http://adlnet.gov/expapi/verbs/satisfied', 'https://w3id.org/xapi/adl/verbs/satisfied')), timestamp, 9223372036854775807) AS completed_at,
  if(void, -9223372036854775808, timestamp) AS last_at,
  if(void OR judged < 0, (toInt64(-9223372036854775808), toInt64(0), toInt8(-1)), (timestamp, stored, judged)) AS verdict,
  if(void OR NOT isFinite(points), (toInt64(-9223372036854775808), toInt64(0), toInt64(0)), (timestamp, stored, toInt64(round(points * 1e9)))) AS score
FROM (
  SELECT tenant, stored, timestamp, actor, verb, completion, arrayJoin(arrayDistinct(courses)) AS course,
    object_kind = 1 AND object = course AS own,
    (tenant, stored) IN (SELECT tenant, target FROM refs WHERE target > 1000 AND target <= 2000 AND (tenant, referrer) IN (SELECT tenant, stored FROM statements WHERE voiding = 1 AND stored <= 2000 AND (tenant, stored) IN (SELECT tenant, referrer FROM refs WHERE target > 1000 AND target <= 2000))) AS void,
    toInt8(multiIf(NOT own, -1, success >= 0, success, verb = 'http://adlnet.gov/expapi/verbs/passed', 1, verb = 'http://adlnet.gov/expapi/verbs/failed', 0, -1)) AS judged,
    multiIf(verb = 'http://adlnet.gov/expapi/verbs/progressed', nan, isFinite(score_scaled), score_scaled,
      score_max > score_min, (score_raw - score_min) / (score_max - score_min), nan) AS value,
    if(own, value, nan) AS points
  FROM statements WHERE voiding = 0 AND actor != '' AND stored > 1000 AND stored <= 2000
)
UNION ALL
SELECT tenant, toString(course) AS course, learner, started_at, completed_at, last_at, verdict, score FROM progress FINAL
PREWHERE (tenant, course, learner) IN (SELECT tenant, arrayJoin(courses), actor FROM statements WHERE voiding = 0 AND actor != '' AND stored > 1000 AND stored <= 2000)
)
GROUP BY tenant, course, learner
);

-- fold many
INSERT INTO progress (tenant, course, learner, version, started_at, completed_at, last_at, verdict, score)
SELECT tenant, course, learner, 2000, started_at, completed_at, last_at, verdict, score FROM (
SELECT tenant, course, learner, min(started_at) AS started_at, min(completed_at) AS completed_at,
  max(last_at) AS last_at, max(verdict) AS verdict, max(score) AS score
FROM (
SELECT tenant, toString(course) AS course, toString(actor) AS learner,
  if(void OR verb IN ('http://activitystrea.ms/schema/1.0/assign', 'http://adlnet.gov/expapi/verbs/abandoned', 'http://adlnet.gov/expapi/verbs/assigned', 'http://adlnet.gov/expapi/verbs/launched', 'http://adlnet.gov/expapi/verbs/registered', 'http://adlnet.gov/expapi/verbs/satisfied', 'http://adlnet.gov/expapi/verbs/waived', 'https://w3id.org/xapi/adl/verbs/abandoned', 'https://w3id.org/xapi/adl/verbs/satisfied', 'https://w3id.org/xapi/adl/verbs/waived', 'https://w3id.org/xapi/dod-isd/verbs/assigned', 'https://w3id.org/xapi/tla/verbs/assigned'), 9223372036854775807, timestamp) AS started_at,
  if(NOT void AND own AND (completion = 1 OR verb IN ('http://adlnet.gov/expapi/verbs/completed', 'http://adlnet.gov/expapi/verbs/satisfied', 'https://w3id.org/xapi/adl/verbs/satisfied')), timestamp, 9223372036854775807) AS completed_at,
  if(void, -9223372036854775808, timestamp) AS last_at,
  if(void OR judged < 0, (toInt64(-9223372036854775808), toInt64(0), toInt8(-1)), (timestamp, stored, judged)) AS verdict,
  if(void OR NOT isFinite(points), (toInt64(-9223372036854775808), toInt64(0), toInt64(0)), (timestamp, stored, toInt64(round(points * 1e9)))) AS score
FROM (
  SELECT tenant, stored, timestamp, actor, verb, completion, arrayJoin(arrayDistinct(courses)) AS course,
    object_kind = 1 AND object = course AS own,
    (tenant, stored) IN (SELECT tenant, target FROM refs WHERE target > 1000 AND target <= 2000 AND (tenant, referrer) IN (SELECT tenant, stored FROM statements WHERE voiding = 1 AND stored <= 2000 AND (tenant, stored) IN (SELECT tenant, referrer FROM refs WHERE target > 1000 AND target <= 2000))) AS void,
    toInt8(multiIf(NOT own, -1, success >= 0, success, verb = 'http://adlnet.gov/expapi/verbs/passed', 1, verb = 'http://adlnet.gov/expapi/verbs/failed', 0, -1)) AS judged,
    multiIf(verb = 'http://adlnet.gov/expapi/verbs/progressed', nan, isFinite(score_scaled), score_scaled,
      score_max > score_min, (score_raw - score_min) / (score_max - score_min), nan) AS value,
    if(own, value, nan) AS points
  FROM statements WHERE voiding = 0 AND actor != '' AND stored > 1000 AND stored <= 2000
)
UNION ALL
SELECT tenant, toString(course) AS course, learner, started_at, completed_at, last_at, verdict, score FROM progress FINAL
PREWHERE cityHash64(tenant, course, learner) IN (SELECT cityHash64(tenant, arrayJoin(courses), actor) FROM statements WHERE voiding = 0 AND actor != '' AND stored > 1000 AND stored <= 2000)
)
GROUP BY tenant, course, learner
);

-- fold with voiding statements
INSERT INTO progress (tenant, course, learner, version, started_at, completed_at, last_at, verdict, score)
SELECT tenant, course, learner, 2000, started_at, completed_at, last_at, verdict, score FROM (
SELECT tenant, course, learner, min(started_at) AS started_at, min(completed_at) AS completed_at,
  max(last_at) AS last_at, max(verdict) AS verdict, max(score) AS score
FROM (
SELECT tenant, toString(course) AS course, toString(actor) AS learner,
  if(void OR verb IN ('http://activitystrea.ms/schema/1.0/assign', 'http://adlnet.gov/expapi/verbs/abandoned', 'http://adlnet.gov/expapi/verbs/assigned', 'http://adlnet.gov/expapi/verbs/launched', 'http://adlnet.gov/expapi/verbs/registered', 'http://adlnet.gov/expapi/verbs/satisfied', 'http://adlnet.gov/expapi/verbs/waived', 'https://w3id.org/xapi/adl/verbs/abandoned', 'https://w3id.org/xapi/adl/verbs/satisfied', 'https://w3id.org/xapi/adl/verbs/waived', 'https://w3id.org/xapi/dod-isd/verbs/assigned', 'https://w3id.org/xapi/tla/verbs/assigned'), 9223372036854775807, timestamp) AS started_at,
  if(NOT void AND own AND (completion = 1 OR verb IN ('http://adlnet.gov/expapi/verbs/completed', 'http://adlnet.gov/expapi/verbs/satisfied', 'https://w3id.org/xapi/adl/verbs/satisfied')), timestamp, 9223372036854775807) AS completed_at,
  if(void, -9223372036854775808, timestamp) AS last_at,
  if(void OR judged < 0, (toInt64(-9223372036854775808), toInt64(0), toInt8(-1)), (timestamp, stored, judged)) AS verdict,
  if(void OR NOT isFinite(points), (toInt64(-9223372036854775808), toInt64(0), toInt64(0)), (timestamp, stored, toInt64(round(points * 1e9)))) AS score
FROM (
  SELECT tenant, stored, timestamp, actor, verb, completion, arrayJoin(arrayDistinct(courses)) AS course,
    object_kind = 1 AND object = course AS own,
    (tenant, stored) IN (SELECT tenant, target FROM refs WHERE target > 1000 AND target <= 2000 AND (tenant, referrer) IN (SELECT tenant, stored FROM statements WHERE voiding = 1 AND stored <= 2000 AND (tenant, stored) IN (SELECT tenant, referrer FROM refs WHERE target > 1000 AND target <= 2000))) AS void,
    toInt8(multiIf(NOT own, -1, success >= 0, success, verb = 'http://adlnet.gov/expapi/verbs/passed', 1, verb = 'http://adlnet.gov/expapi/verbs/failed', 0, -1)) AS judged,
    multiIf(verb = 'http://adlnet.gov/expapi/verbs/progressed', nan, isFinite(score_scaled), score_scaled,
      score_max > score_min, (score_raw - score_min) / (score_max - score_min), nan) AS value,
    if(own, value, nan) AS points
  FROM statements WHERE voiding = 0 AND actor != '' AND stored > 1000 AND stored <= 2000
)
UNION ALL
SELECT tenant, toString(course) AS course, toString(actor) AS learner,
  if(void OR verb IN ('http://activitystrea.ms/schema/1.0/assign', 'http://adlnet.gov/expapi/verbs/abandoned', 'http://adlnet.gov/expapi/verbs/assigned', 'http://adlnet.gov/expapi/verbs/launched', 'http://adlnet.gov/expapi/verbs/registered', 'http://adlnet.gov/expapi/verbs/satisfied', 'http://adlnet.gov/expapi/verbs/waived', 'https://w3id.org/xapi/adl/verbs/abandoned', 'https://w3id.org/xapi/adl/verbs/satisfied', 'https://w3id.org/xapi/adl/verbs/waived', 'https://w3id.org/xapi/dod-isd/verbs/assigned', 'https://w3id.org/xapi/tla/verbs/assigned'), 9223372036854775807, timestamp) AS started_at,
  if(NOT void AND own AND (completion = 1 OR verb IN ('http://adlnet.gov/expapi/verbs/completed', 'http://adlnet.gov/expapi/verbs/satisfied', 'https://w3id.org/xapi/adl/verbs/satisfied')), timestamp, 9223372036854775807) AS completed_at,
  if(void, -9223372036854775808, timestamp) AS last_at,
  if(void OR judged < 0, (toInt64(-9223372036854775808), toInt64(0), toInt8(-1)), (timestamp, stored, judged)) AS verdict,
  if(void OR NOT isFinite(points), (toInt64(-9223372036854775808), toInt64(0), toInt64(0)), (timestamp, stored, toInt64(round(points * 1e9)))) AS score
FROM (
  SELECT tenant, stored, timestamp, actor, verb, completion, arrayJoin(arrayDistinct(courses)) AS course,
    object_kind = 1 AND object = course AS own,
    (tenant, stored) IN (SELECT tenant, target FROM refs WHERE (tenant, target) IN (SELECT tenant, stored FROM lookups WHERE (tenant, kind, key) IN (SELECT tenant, toUInt8(2), toUUID(UUIDNumToString(toFixedString(substring(SHA256(actor), 1, 16), 16))) FROM (SELECT tenant, actor FROM statements WHERE voiding = 0 AND stored <= 2000 AND (tenant, stored) IN (SELECT tenant, stored FROM lookups WHERE (tenant, kind, key) IN (SELECT tenant, toUInt8(1), ref FROM statements WHERE voiding = 1 AND stored > 1000 AND stored <= 2000))))) AND (tenant, referrer) IN (SELECT tenant, stored FROM statements WHERE voiding = 1 AND stored <= 2000 AND (tenant, stored) IN (SELECT tenant, referrer FROM refs WHERE (tenant, target) IN (SELECT tenant, stored FROM lookups WHERE (tenant, kind, key) IN (SELECT tenant, toUInt8(2), toUUID(UUIDNumToString(toFixedString(substring(SHA256(actor), 1, 16), 16))) FROM (SELECT tenant, actor FROM statements WHERE voiding = 0 AND stored <= 2000 AND (tenant, stored) IN (SELECT tenant, stored FROM lookups WHERE (tenant, kind, key) IN (SELECT tenant, toUInt8(1), ref FROM statements WHERE voiding = 1 AND stored > 1000 AND stored <= 2000)))))))) AS void,
    toInt8(multiIf(NOT own, -1, success >= 0, success, verb = 'http://adlnet.gov/expapi/verbs/passed', 1, verb = 'http://adlnet.gov/expapi/verbs/failed', 0, -1)) AS judged,
    multiIf(verb = 'http://adlnet.gov/expapi/verbs/progressed', nan, isFinite(score_scaled), score_scaled,
      score_max > score_min, (score_raw - score_min) / (score_max - score_min), nan) AS value,
    if(own, value, nan) AS points
  FROM statements WHERE voiding = 0 AND actor != '' AND stored <= 1000 AND (tenant, stored) IN (SELECT tenant, stored FROM lookups WHERE (tenant, kind, key) IN (SELECT tenant, toUInt8(2), toUUID(UUIDNumToString(toFixedString(substring(SHA256(actor), 1, 16), 16))) FROM (SELECT tenant, actor FROM statements WHERE voiding = 0 AND stored <= 2000 AND (tenant, stored) IN (SELECT tenant, stored FROM lookups WHERE (tenant, kind, key) IN (SELECT tenant, toUInt8(1), ref FROM statements WHERE voiding = 1 AND stored > 1000 AND stored <= 2000)))))
    AND (tenant, actor) IN (SELECT tenant, actor FROM statements WHERE voiding = 0 AND stored <= 2000 AND (tenant, stored) IN (SELECT tenant, stored FROM lookups WHERE (tenant, kind, key) IN (SELECT tenant, toUInt8(1), ref FROM statements WHERE voiding = 1 AND stored > 1000 AND stored <= 2000)))
)
UNION ALL
SELECT tenant, toString(course) AS course, learner, started_at, completed_at, last_at, verdict, score FROM progress FINAL
PREWHERE (tenant, course, learner) IN (SELECT tenant, arrayJoin(courses), actor FROM statements WHERE voiding = 0 AND actor != '' AND stored > 1000 AND stored <= 2000)
  AND (tenant, learner) NOT IN (SELECT tenant, actor FROM statements WHERE voiding = 0 AND stored <= 2000 AND (tenant, stored) IN (SELECT tenant, stored FROM lookups WHERE (tenant, kind, key) IN (SELECT tenant, toUInt8(1), ref FROM statements WHERE voiding = 1 AND stored > 1000 AND stored <= 2000)))
)
GROUP BY tenant, course, learner
);

-- courses
SELECT course, count(), countIf(started_at < 9223372036854775807), countIf(completed_at < 9223372036854775807), countIf(verdict.3 = 1), countIf(verdict.3 = 0), countIf(score.1 > -9223372036854775808), sum(score.3), max(last_at) FROM (
SELECT course, if(who.person = '', s.learner, who.person) AS human, min(started_at) AS started_at, min(completed_at) AS completed_at,
  max(last_at) AS last_at, max(verdict) AS verdict, max(score) AS score
FROM (
SELECT toString(course) AS course, learner, started_at, completed_at, last_at, verdict, score FROM progress FINAL WHERE tenant = {tenant:String}
) AS s LEFT ANY JOIN (SELECT identifier, person FROM persons FINAL WHERE tenant = {tenant:String}) AS who ON s.learner = who.identifier
WHERE s.last_at > -9223372036854775808 GROUP BY course, human
) GROUP BY course ORDER BY course LIMIT 1001;

-- courses after
SELECT course, count(), countIf(started_at < 9223372036854775807), countIf(completed_at < 9223372036854775807), countIf(verdict.3 = 1), countIf(verdict.3 = 0), countIf(score.1 > -9223372036854775808), sum(score.3), max(last_at) FROM (
SELECT course, if(who.person = '', s.learner, who.person) AS human, min(started_at) AS started_at, min(completed_at) AS completed_at,
  max(last_at) AS last_at, max(verdict) AS verdict, max(score) AS score
FROM (
SELECT toString(course) AS course, learner, started_at, completed_at, last_at, verdict, score FROM progress FINAL WHERE tenant = {tenant:String} AND course > {after:String}
) AS s LEFT ANY JOIN (SELECT identifier, person FROM persons FINAL WHERE tenant = {tenant:String}) AS who ON s.learner = who.identifier
WHERE s.last_at > -9223372036854775808 GROUP BY course, human
) GROUP BY course ORDER BY course LIMIT 1001;

-- period
SELECT course, count(), countIf(started_at < 9223372036854775807), countIf(completed_at < 9223372036854775807), countIf(verdict.3 = 1), countIf(verdict.3 = 0), countIf(score.1 > -9223372036854775808), sum(score.3), max(last_at) FROM (
SELECT course, if(who.person = '', s.learner, who.person) AS human, min(started_at) AS started_at, min(completed_at) AS completed_at,
  max(last_at) AS last_at, max(verdict) AS verdict, max(score) AS score
FROM (
SELECT tenant, course, learner, min(started_at) AS started_at, min(completed_at) AS completed_at,
  max(last_at) AS last_at, max(verdict) AS verdict, max(score) AS score
FROM (
SELECT tenant, toString(course) AS course, toString(actor) AS learner,
  if(void OR verb IN ('http://activitystrea.ms/schema/1.0/assign', 'http://adlnet.gov/expapi/verbs/abandoned', 'http://adlnet.gov/expapi/verbs/assigned', 'http://adlnet.gov/expapi/verbs/launched', 'http://adlnet.gov/expapi/verbs/registered', 'http://adlnet.gov/expapi/verbs/satisfied', 'http://adlnet.gov/expapi/verbs/waived', 'https://w3id.org/xapi/adl/verbs/abandoned', 'https://w3id.org/xapi/adl/verbs/satisfied', 'https://w3id.org/xapi/adl/verbs/waived', 'https://w3id.org/xapi/dod-isd/verbs/assigned', 'https://w3id.org/xapi/tla/verbs/assigned'), 9223372036854775807, timestamp) AS started_at,
  if(NOT void AND own AND (completion = 1 OR verb IN ('http://adlnet.gov/expapi/verbs/completed', 'http://adlnet.gov/expapi/verbs/satisfied', 'https://w3id.org/xapi/adl/verbs/satisfied')), timestamp, 9223372036854775807) AS completed_at,
  if(void, -9223372036854775808, timestamp) AS last_at,
  if(void OR judged < 0, (toInt64(-9223372036854775808), toInt64(0), toInt8(-1)), (timestamp, stored, judged)) AS verdict,
  if(void OR NOT isFinite(points), (toInt64(-9223372036854775808), toInt64(0), toInt64(0)), (timestamp, stored, toInt64(round(points * 1e9)))) AS score
FROM (
  SELECT tenant, stored, timestamp, actor, verb, completion, arrayJoin(arrayDistinct(courses)) AS course,
    object_kind = 1 AND object = course AS own,
    (tenant, stored) IN (SELECT tenant, target FROM refs WHERE tenant = {tenant:String} AND (tenant, referrer) IN (SELECT tenant, stored FROM statements WHERE voiding = 1 AND stored <= 2000 AND (tenant, stored) IN (SELECT tenant, referrer FROM refs WHERE tenant = {tenant:String}))) AS void,
    toInt8(multiIf(NOT own, -1, success >= 0, success, verb = 'http://adlnet.gov/expapi/verbs/passed', 1, verb = 'http://adlnet.gov/expapi/verbs/failed', 0, -1)) AS judged,
    multiIf(verb = 'http://adlnet.gov/expapi/verbs/progressed', nan, isFinite(score_scaled), score_scaled,
      score_max > score_min, (score_raw - score_min) / (score_max - score_min), nan) AS value,
    if(own, value, nan) AS points
  FROM statements WHERE voiding = 0 AND actor != '' AND tenant = {tenant:String} AND stored <= 2000 AND timestamp >= 10 AND timestamp < 20
)
)
GROUP BY tenant, course, learner
) AS s LEFT ANY JOIN (SELECT identifier, person FROM persons FINAL WHERE tenant = {tenant:String}) AS who ON s.learner = who.identifier
WHERE s.last_at > -9223372036854775808 GROUP BY course, human
) GROUP BY course ORDER BY course;

-- period learners
SELECT uniqExact(human), uniqExactIf(human, started_at < 9223372036854775807), uniqExactIf(human, completed_at < 9223372036854775807) FROM (
SELECT course, if(who.person = '', s.learner, who.person) AS human, min(started_at) AS started_at, min(completed_at) AS completed_at,
  max(last_at) AS last_at, max(verdict) AS verdict, max(score) AS score
FROM (
SELECT tenant, course, learner, min(started_at) AS started_at, min(completed_at) AS completed_at,
  max(last_at) AS last_at, max(verdict) AS verdict, max(score) AS score
FROM (
SELECT tenant, toString(course) AS course, toString(actor) AS learner,
  if(void OR verb IN ('http://activitystrea.ms/schema/1.0/assign', 'http://adlnet.gov/expapi/verbs/abandoned', 'http://adlnet.gov/expapi/verbs/assigned', 'http://adlnet.gov/expapi/verbs/launched', 'http://adlnet.gov/expapi/verbs/registered', 'http://adlnet.gov/expapi/verbs/satisfied', 'http://adlnet.gov/expapi/verbs/waived', 'https://w3id.org/xapi/adl/verbs/abandoned', 'https://w3id.org/xapi/adl/verbs/satisfied', 'https://w3id.org/xapi/adl/verbs/waived', 'https://w3id.org/xapi/dod-isd/verbs/assigned', 'https://w3id.org/xapi/tla/verbs/assigned'), 9223372036854775807, timestamp) AS started_at,
  if(NOT void AND own AND (completion = 1 OR verb IN ('http://adlnet.gov/expapi/verbs/completed', 'http://adlnet.gov/expapi/verbs/satisfied', 'https://w3id.org/xapi/adl/verbs/satisfied')), timestamp, 9223372036854775807) AS completed_at,
  if(void, -9223372036854775808, timestamp) AS last_at,
  if(void OR judged < 0, (toInt64(-9223372036854775808), toInt64(0), toInt8(-1)), (timestamp, stored, judged)) AS verdict,
  if(void OR NOT isFinite(points), (toInt64(-9223372036854775808), toInt64(0), toInt64(0)), (timestamp, stored, toInt64(round(points * 1e9)))) AS score
FROM (
  SELECT tenant, stored, timestamp, actor, verb, completion, arrayJoin(arrayDistinct(courses)) AS course,
    object_kind = 1 AND object = course AS own,
    (tenant, stored) IN (SELECT tenant, target FROM refs WHERE tenant = {tenant:String} AND (tenant, referrer) IN (SELECT tenant, stored FROM statements WHERE voiding = 1 AND stored <= 2000 AND (tenant, stored) IN (SELECT tenant, referrer FROM refs WHERE tenant = {tenant:String}))) AS void,
    toInt8(multiIf(NOT own, -1, success >= 0, success, verb = 'http://adlnet.gov/expapi/verbs/passed', 1, verb = 'http://adlnet.gov/expapi/verbs/failed', 0, -1)) AS judged,
    multiIf(verb = 'http://adlnet.gov/expapi/verbs/progressed', nan, isFinite(score_scaled), score_scaled,
      score_max > score_min, (score_raw - score_min) / (score_max - score_min), nan) AS value,
    if(own, value, nan) AS points
  FROM statements WHERE voiding = 0 AND actor != '' AND tenant = {tenant:String} AND stored <= 2000 AND timestamp >= 10 AND timestamp < 20
)
)
GROUP BY tenant, course, learner
) AS s LEFT ANY JOIN (SELECT identifier, person FROM persons FINAL WHERE tenant = {tenant:String}) AS who ON s.learner = who.identifier
WHERE s.last_at > -9223372036854775808 GROUP BY course, human
);

-- check
SELECT course, learner, anyIf(state, side = 1), anyIf(state, side = 2) FROM (
SELECT toString(course) AS course, learner, 1 AS side, toString((started_at, completed_at, last_at, verdict, score)) AS state
FROM progress FINAL WHERE tenant = {tenant:String} AND cityHash64(learner) % 3 = 1 AND last_at > -9223372036854775808
UNION ALL
SELECT course, learner, 2 AS side, toString((started_at, completed_at, last_at, verdict, score)) AS state
FROM (
SELECT tenant, course, learner, min(started_at) AS started_at, min(completed_at) AS completed_at,
  max(last_at) AS last_at, max(verdict) AS verdict, max(score) AS score
FROM (
SELECT tenant, toString(course) AS course, toString(actor) AS learner,
  if(void OR verb IN ('http://activitystrea.ms/schema/1.0/assign', 'http://adlnet.gov/expapi/verbs/abandoned', 'http://adlnet.gov/expapi/verbs/assigned', 'http://adlnet.gov/expapi/verbs/launched', 'http://adlnet.gov/expapi/verbs/registered', 'http://adlnet.gov/expapi/verbs/satisfied', 'http://adlnet.gov/expapi/verbs/waived', 'https://w3id.org/xapi/adl/verbs/abandoned', 'https://w3id.org/xapi/adl/verbs/satisfied', 'https://w3id.org/xapi/adl/verbs/waived', 'https://w3id.org/xapi/dod-isd/verbs/assigned', 'https://w3id.org/xapi/tla/verbs/assigned'), 9223372036854775807, timestamp) AS started_at,
  if(NOT void AND own AND (completion = 1 OR verb IN ('http://adlnet.gov/expapi/verbs/completed', 'http://adlnet.gov/expapi/verbs/satisfied', 'https://w3id.org/xapi/adl/verbs/satisfied')), timestamp, 9223372036854775807) AS completed_at,
  if(void, -9223372036854775808, timestamp) AS last_at,
  if(void OR judged < 0, (toInt64(-9223372036854775808), toInt64(0), toInt8(-1)), (timestamp, stored, judged)) AS verdict,
  if(void OR NOT isFinite(points), (toInt64(-9223372036854775808), toInt64(0), toInt64(0)), (timestamp, stored, toInt64(round(points * 1e9)))) AS score
FROM (
  SELECT tenant, stored, timestamp, actor, verb, completion, arrayJoin(arrayDistinct(courses)) AS course,
    object_kind = 1 AND object = course AS own,
    (tenant, stored) IN (SELECT tenant, target FROM refs WHERE tenant = {tenant:String} AND (tenant, referrer) IN (SELECT tenant, stored FROM statements WHERE voiding = 1 AND stored <= 2000 AND (tenant, stored) IN (SELECT tenant, referrer FROM refs WHERE tenant = {tenant:String}))) AS void,
    toInt8(multiIf(NOT own, -1, success >= 0, success, verb = 'http://adlnet.gov/expapi/verbs/passed', 1, verb = 'http://adlnet.gov/expapi/verbs/failed', 0, -1)) AS judged,
    multiIf(verb = 'http://adlnet.gov/expapi/verbs/progressed', nan, isFinite(score_scaled), score_scaled,
      score_max > score_min, (score_raw - score_min) / (score_max - score_min), nan) AS value,
    if(own, value, nan) AS points
  FROM statements WHERE voiding = 0 AND actor != '' AND tenant = {tenant:String} AND stored <= 2000 AND cityHash64(toString(actor)) % 3 = 1
)
)
GROUP BY tenant, course, learner
) WHERE last_at > -9223372036854775808
) GROUP BY course, learner HAVING count() != 2 OR uniqExact(state) != 1 ORDER BY course, learner LIMIT 100;

