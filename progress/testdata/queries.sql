-- count
SELECT count(), countIf(voiding = 1), countIf(verb = 'http://adlnet.gov/expapi/verbs/answered') FROM statements WHERE stored > 1000 AND stored <= 2000;

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

-- facts 0
INSERT INTO progress_attempts (tenant, course, learner, generation, registration, at, stored, start, first_at, last_at, place, final, score, verdict, duration)
SELECT tenant, course, learner, generation, registration, if(alone, timestamp, -9223372036854775808), if(alone, number, 0), start, timestamp, timestamp,
  if(kind = 1, (timestamp, number, activity), (toInt64(-9223372036854775808), toInt64(0), '')),
  if(verb IN ('http://adlnet.gov/expapi/verbs/suspended', 'http://adlnet.gov/expapi/verbs/terminated') AND isFinite(points), (timestamp, number, toInt64(round(points * 1e9))), (toInt64(-9223372036854775808), toInt64(0), toInt64(0))),
  if(isFinite(points), (timestamp, number, toInt64(round(points * 1e9))), (toInt64(-9223372036854775808), toInt64(0), toInt64(0))),
  if(judged >= 0, (timestamp, number, judged), (toInt64(-9223372036854775808), toInt64(0), toInt8(-1))),
  session
FROM (
SELECT s.tenant AS tenant, toString(course) AS course, toString(actor) AS learner, g.generation AS generation, registration, timestamp, stored AS number,
  verb, points, judged, object_kind AS kind, object AS activity,
  toUInt8(registration = '00000000-0000-0000-0000-000000000000' AND own AND verb IN ('http://adlnet.gov/expapi/verbs/attempted', 'http://adlnet.gov/expapi/verbs/initialized')) AS start,
  if(verb IN ('http://adlnet.gov/expapi/verbs/abandoned', 'https://w3id.org/xapi/adl/verbs/abandoned', 'http://adlnet.gov/expapi/verbs/suspended', 'http://adlnet.gov/expapi/verbs/terminated'), duration, -1) AS session,
  session >= 0 OR start = 1 OR registration = '00000000-0000-0000-0000-000000000000' AND (isFinite(points) OR judged >= 0) AS alone
FROM (
  SELECT tenant, stored, timestamp, actor, verb, completion, registration, object_kind, object, duration, arrayJoin(arrayDistinct(courses)) AS course,
    object_kind = 1 AND object = course AS own,
    (tenant, stored) IN (SELECT tenant, target FROM refs WHERE target > 1000 AND target <= 2000 AND (tenant, referrer) IN (SELECT tenant, stored FROM statements WHERE voiding = 1 AND stored <= 2000 AND (tenant, stored) IN (SELECT tenant, referrer FROM refs WHERE target > 1000 AND target <= 2000))) AS void,
    toInt8(multiIf(NOT own, -1, success >= 0, success, verb = 'http://adlnet.gov/expapi/verbs/passed', 1, verb = 'http://adlnet.gov/expapi/verbs/failed', 0, -1)) AS judged,
    multiIf(verb = 'http://adlnet.gov/expapi/verbs/progressed', nan, isFinite(score_scaled), score_scaled,
      score_max > score_min, (score_raw - score_min) / (score_max - score_min), nan) AS value,
    if(own, value, nan) AS points
  FROM statements WHERE voiding = 0 AND actor != '' AND stored > 1000 AND stored <= 2000
) AS s
LEFT ANY JOIN (SELECT tenant, learner, max(generation) AS generation FROM progress_generations WHERE (tenant, learner) IN (SELECT tenant, actor FROM statements WHERE stored > 1000 AND stored <= 2000) GROUP BY tenant, learner) AS g
  ON g.tenant = s.tenant AND g.learner = s.actor
WHERE NOT void
);

-- facts 1
INSERT INTO progress_slots (tenant, course, learner, generation, slot, first, last, statements)
SELECT s.tenant, toString(course), toString(actor), g.generation, toInt32(intDiv(timestamp - if(timestamp < 0, 599999999, 0), 600000000)) AS number, toUInt32(timestamp - toInt64(number) * 600000000) AS within, within, [stored]
FROM (
  SELECT tenant, stored, timestamp, actor, verb, completion, arrayJoin(arrayDistinct(courses)) AS course,
    object_kind = 1 AND object = course AS own,
    (tenant, stored) IN (SELECT tenant, target FROM refs WHERE target > 1000 AND target <= 2000 AND (tenant, referrer) IN (SELECT tenant, stored FROM statements WHERE voiding = 1 AND stored <= 2000 AND (tenant, stored) IN (SELECT tenant, referrer FROM refs WHERE target > 1000 AND target <= 2000))) AS void,
    toInt8(multiIf(NOT own, -1, success >= 0, success, verb = 'http://adlnet.gov/expapi/verbs/passed', 1, verb = 'http://adlnet.gov/expapi/verbs/failed', 0, -1)) AS judged,
    multiIf(verb = 'http://adlnet.gov/expapi/verbs/progressed', nan, isFinite(score_scaled), score_scaled,
      score_max > score_min, (score_raw - score_min) / (score_max - score_min), nan) AS value,
    if(own, value, nan) AS points
  FROM statements WHERE voiding = 0 AND actor != '' AND stored > 1000 AND stored <= 2000
) AS s
LEFT ANY JOIN (SELECT tenant, learner, max(generation) AS generation FROM progress_generations WHERE (tenant, learner) IN (SELECT tenant, actor FROM statements WHERE stored > 1000 AND stored <= 2000) GROUP BY tenant, learner) AS g
  ON g.tenant = s.tenant AND g.learner = s.actor
WHERE NOT void;

-- facts 2
INSERT INTO progress_answers (tenant, course, question, learner, generation, first)
SELECT s.tenant, toString(course), object, toString(actor), g.generation, (timestamp, stored,
  toInt8(multiIf(success >= 0, success, isFinite(value), value >= 1, -1)),
  multiIf(isFinite(value), toInt64(round(value * 1e9)), success >= 0, toInt64(success) * 1000000000, -9223372036854775808),
  leftUTF8(JSONExtractString(translate(raw, '\x01\x02\x03', '   '), 'result', 'response'), 500))
FROM (
  SELECT tenant, stored, timestamp, actor, verb, completion, object, success, raw, arrayJoin(arrayDistinct(courses)) AS course,
    object_kind = 1 AND object = course AS own,
    (tenant, stored) IN (SELECT tenant, target FROM refs WHERE target > 1000 AND target <= 2000 AND (tenant, referrer) IN (SELECT tenant, stored FROM statements WHERE voiding = 1 AND stored <= 2000 AND (tenant, stored) IN (SELECT tenant, referrer FROM refs WHERE target > 1000 AND target <= 2000))) AS void,
    toInt8(multiIf(NOT own, -1, success >= 0, success, verb = 'http://adlnet.gov/expapi/verbs/passed', 1, verb = 'http://adlnet.gov/expapi/verbs/failed', 0, -1)) AS judged,
    multiIf(verb = 'http://adlnet.gov/expapi/verbs/progressed', nan, isFinite(score_scaled), score_scaled,
      score_max > score_min, (score_raw - score_min) / (score_max - score_min), nan) AS value,
    if(own, value, nan) AS points
  FROM statements WHERE voiding = 0 AND actor != '' AND verb = 'http://adlnet.gov/expapi/verbs/answered' AND object_kind = 1 AND stored > 1000 AND stored <= 2000
) AS s
LEFT ANY JOIN (SELECT tenant, learner, max(generation) AS generation FROM progress_generations WHERE (tenant, learner) IN (SELECT tenant, actor FROM statements WHERE stored > 1000 AND stored <= 2000) GROUP BY tenant, learner) AS g
  ON g.tenant = s.tenant AND g.learner = s.actor
WHERE NOT void;

-- facts 3
INSERT INTO progress_attempts (tenant, course, learner, generation, registration, at, stored, start, first_at, last_at, place, final, score, verdict, duration)
SELECT tenant, course, learner, generation, registration, if(alone, timestamp, -9223372036854775808), if(alone, number, 0), start, timestamp, timestamp,
  if(kind = 1, (timestamp, number, activity), (toInt64(-9223372036854775808), toInt64(0), '')),
  if(verb IN ('http://adlnet.gov/expapi/verbs/suspended', 'http://adlnet.gov/expapi/verbs/terminated') AND isFinite(points), (timestamp, number, toInt64(round(points * 1e9))), (toInt64(-9223372036854775808), toInt64(0), toInt64(0))),
  if(isFinite(points), (timestamp, number, toInt64(round(points * 1e9))), (toInt64(-9223372036854775808), toInt64(0), toInt64(0))),
  if(judged >= 0, (timestamp, number, judged), (toInt64(-9223372036854775808), toInt64(0), toInt8(-1))),
  session
FROM (
SELECT s.tenant AS tenant, toString(course) AS course, toString(actor) AS learner, toInt64(7) AS generation, registration, timestamp, stored AS number,
  verb, points, judged, object_kind AS kind, object AS activity,
  toUInt8(registration = '00000000-0000-0000-0000-000000000000' AND own AND verb IN ('http://adlnet.gov/expapi/verbs/attempted', 'http://adlnet.gov/expapi/verbs/initialized')) AS start,
  if(verb IN ('http://adlnet.gov/expapi/verbs/abandoned', 'https://w3id.org/xapi/adl/verbs/abandoned', 'http://adlnet.gov/expapi/verbs/suspended', 'http://adlnet.gov/expapi/verbs/terminated'), duration, -1) AS session,
  session >= 0 OR start = 1 OR registration = '00000000-0000-0000-0000-000000000000' AND (isFinite(points) OR judged >= 0) AS alone
FROM (
  SELECT tenant, stored, timestamp, actor, verb, completion, registration, object_kind, object, duration, arrayJoin(arrayDistinct(courses)) AS course,
    object_kind = 1 AND object = course AS own,
    (tenant, stored) IN (SELECT tenant, target FROM refs WHERE (tenant, target) IN (SELECT tenant, stored FROM lookups WHERE (tenant, kind, key) IN (SELECT tenant, toUInt8(2), toUUID(UUIDNumToString(toFixedString(substring(SHA256(actor), 1, 16), 16))) FROM (SELECT tenant, actor FROM statements WHERE voiding = 0 AND stored <= 2000 AND (tenant, stored) IN (SELECT tenant, stored FROM lookups WHERE (tenant, kind, key) IN (SELECT tenant, toUInt8(1), ref FROM statements WHERE voiding = 1 AND stored > 1000 AND stored <= 2000))))) AND (tenant, referrer) IN (SELECT tenant, stored FROM statements WHERE voiding = 1 AND stored <= 2000 AND (tenant, stored) IN (SELECT tenant, referrer FROM refs WHERE (tenant, target) IN (SELECT tenant, stored FROM lookups WHERE (tenant, kind, key) IN (SELECT tenant, toUInt8(2), toUUID(UUIDNumToString(toFixedString(substring(SHA256(actor), 1, 16), 16))) FROM (SELECT tenant, actor FROM statements WHERE voiding = 0 AND stored <= 2000 AND (tenant, stored) IN (SELECT tenant, stored FROM lookups WHERE (tenant, kind, key) IN (SELECT tenant, toUInt8(1), ref FROM statements WHERE voiding = 1 AND stored > 1000 AND stored <= 2000)))))))) AS void,
    toInt8(multiIf(NOT own, -1, success >= 0, success, verb = 'http://adlnet.gov/expapi/verbs/passed', 1, verb = 'http://adlnet.gov/expapi/verbs/failed', 0, -1)) AS judged,
    multiIf(verb = 'http://adlnet.gov/expapi/verbs/progressed', nan, isFinite(score_scaled), score_scaled,
      score_max > score_min, (score_raw - score_min) / (score_max - score_min), nan) AS value,
    if(own, value, nan) AS points
  FROM statements WHERE voiding = 0 AND actor != '' AND stored <= 2000 AND (tenant, stored) IN (SELECT tenant, stored FROM lookups WHERE (tenant, kind, key) IN (SELECT tenant, toUInt8(2), toUUID(UUIDNumToString(toFixedString(substring(SHA256(actor), 1, 16), 16))) FROM (SELECT tenant, actor FROM statements WHERE voiding = 0 AND stored <= 2000 AND (tenant, stored) IN (SELECT tenant, stored FROM lookups WHERE (tenant, kind, key) IN (SELECT tenant, toUInt8(1), ref FROM statements WHERE voiding = 1 AND stored > 1000 AND stored <= 2000)))))
    AND (tenant, actor) IN (SELECT tenant, actor FROM statements WHERE voiding = 0 AND stored <= 2000 AND (tenant, stored) IN (SELECT tenant, stored FROM lookups WHERE (tenant, kind, key) IN (SELECT tenant, toUInt8(1), ref FROM statements WHERE voiding = 1 AND stored > 1000 AND stored <= 2000)))
) AS s
WHERE NOT void
);

-- facts 4
INSERT INTO progress_slots (tenant, course, learner, generation, slot, first, last, statements)
SELECT s.tenant, toString(course), toString(actor), toInt64(7), toInt32(intDiv(timestamp - if(timestamp < 0, 599999999, 0), 600000000)) AS number, toUInt32(timestamp - toInt64(number) * 600000000) AS within, within, [stored]
FROM (
  SELECT tenant, stored, timestamp, actor, verb, completion, arrayJoin(arrayDistinct(courses)) AS course,
    object_kind = 1 AND object = course AS own,
    (tenant, stored) IN (SELECT tenant, target FROM refs WHERE (tenant, target) IN (SELECT tenant, stored FROM lookups WHERE (tenant, kind, key) IN (SELECT tenant, toUInt8(2), toUUID(UUIDNumToString(toFixedString(substring(SHA256(actor), 1, 16), 16))) FROM (SELECT tenant, actor FROM statements WHERE voiding = 0 AND stored <= 2000 AND (tenant, stored) IN (SELECT tenant, stored FROM lookups WHERE (tenant, kind, key) IN (SELECT tenant, toUInt8(1), ref FROM statements WHERE voiding = 1 AND stored > 1000 AND stored <= 2000))))) AND (tenant, referrer) IN (SELECT tenant, stored FROM statements WHERE voiding = 1 AND stored <= 2000 AND (tenant, stored) IN (SELECT tenant, referrer FROM refs WHERE (tenant, target) IN (SELECT tenant, stored FROM lookups WHERE (tenant, kind, key) IN (SELECT tenant, toUInt8(2), toUUID(UUIDNumToString(toFixedString(substring(SHA256(actor), 1, 16), 16))) FROM (SELECT tenant, actor FROM statements WHERE voiding = 0 AND stored <= 2000 AND (tenant, stored) IN (SELECT tenant, stored FROM lookups WHERE (tenant, kind, key) IN (SELECT tenant, toUInt8(1), ref FROM statements WHERE voiding = 1 AND stored > 1000 AND stored <= 2000)))))))) AS void,
    toInt8(multiIf(NOT own, -1, success >= 0, success, verb = 'http://adlnet.gov/expapi/verbs/passed', 1, verb = 'http://adlnet.gov/expapi/verbs/failed', 0, -1)) AS judged,
    multiIf(verb = 'http://adlnet.gov/expapi/verbs/progressed', nan, isFinite(score_scaled), score_scaled,
      score_max > score_min, (score_raw - score_min) / (score_max - score_min), nan) AS value,
    if(own, value, nan) AS points
  FROM statements WHERE voiding = 0 AND actor != '' AND stored <= 2000 AND (tenant, stored) IN (SELECT tenant, stored FROM lookups WHERE (tenant, kind, key) IN (SELECT tenant, toUInt8(2), toUUID(UUIDNumToString(toFixedString(substring(SHA256(actor), 1, 16), 16))) FROM (SELECT tenant, actor FROM statements WHERE voiding = 0 AND stored <= 2000 AND (tenant, stored) IN (SELECT tenant, stored FROM lookups WHERE (tenant, kind, key) IN (SELECT tenant, toUInt8(1), ref FROM statements WHERE voiding = 1 AND stored > 1000 AND stored <= 2000)))))
    AND (tenant, actor) IN (SELECT tenant, actor FROM statements WHERE voiding = 0 AND stored <= 2000 AND (tenant, stored) IN (SELECT tenant, stored FROM lookups WHERE (tenant, kind, key) IN (SELECT tenant, toUInt8(1), ref FROM statements WHERE voiding = 1 AND stored > 1000 AND stored <= 2000)))
) AS s
WHERE NOT void;

-- facts 5
INSERT INTO progress_answers (tenant, course, question, learner, generation, first)
SELECT s.tenant, toString(course), object, toString(actor), toInt64(7), (timestamp, stored,
  toInt8(multiIf(success >= 0, success, isFinite(value), value >= 1, -1)),
  multiIf(isFinite(value), toInt64(round(value * 1e9)), success >= 0, toInt64(success) * 1000000000, -9223372036854775808),
  leftUTF8(JSONExtractString(translate(raw, '\x01\x02\x03', '   '), 'result', 'response'), 500))
FROM (
  SELECT tenant, stored, timestamp, actor, verb, completion, object, success, raw, arrayJoin(arrayDistinct(courses)) AS course,
    object_kind = 1 AND object = course AS own,
    (tenant, stored) IN (SELECT tenant, target FROM refs WHERE (tenant, target) IN (SELECT tenant, stored FROM lookups WHERE (tenant, kind, key) IN (SELECT tenant, toUInt8(2), toUUID(UUIDNumToString(toFixedString(substring(SHA256(actor), 1, 16), 16))) FROM (SELECT tenant, actor FROM statements WHERE voiding = 0 AND stored <= 2000 AND (tenant, stored) IN (SELECT tenant, stored FROM lookups WHERE (tenant, kind, key) IN (SELECT tenant, toUInt8(1), ref FROM statements WHERE voiding = 1 AND stored > 1000 AND stored <= 2000))))) AND (tenant, referrer) IN (SELECT tenant, stored FROM statements WHERE voiding = 1 AND stored <= 2000 AND (tenant, stored) IN (SELECT tenant, referrer FROM refs WHERE (tenant, target) IN (SELECT tenant, stored FROM lookups WHERE (tenant, kind, key) IN (SELECT tenant, toUInt8(2), toUUID(UUIDNumToString(toFixedString(substring(SHA256(actor), 1, 16), 16))) FROM (SELECT tenant, actor FROM statements WHERE voiding = 0 AND stored <= 2000 AND (tenant, stored) IN (SELECT tenant, stored FROM lookups WHERE (tenant, kind, key) IN (SELECT tenant, toUInt8(1), ref FROM statements WHERE voiding = 1 AND stored > 1000 AND stored <= 2000)))))))) AS void,
    toInt8(multiIf(NOT own, -1, success >= 0, success, verb = 'http://adlnet.gov/expapi/verbs/passed', 1, verb = 'http://adlnet.gov/expapi/verbs/failed', 0, -1)) AS judged,
    multiIf(verb = 'http://adlnet.gov/expapi/verbs/progressed', nan, isFinite(score_scaled), score_scaled,
      score_max > score_min, (score_raw - score_min) / (score_max - score_min), nan) AS value,
    if(own, value, nan) AS points
  FROM statements WHERE voiding = 0 AND actor != '' AND verb = 'http://adlnet.gov/expapi/verbs/answered' AND object_kind = 1 AND stored <= 2000 AND (tenant, stored) IN (SELECT tenant, stored FROM lookups WHERE (tenant, kind, key) IN (SELECT tenant, toUInt8(2), toUUID(UUIDNumToString(toFixedString(substring(SHA256(actor), 1, 16), 16))) FROM (SELECT tenant, actor FROM statements WHERE voiding = 0 AND stored <= 2000 AND (tenant, stored) IN (SELECT tenant, stored FROM lookups WHERE (tenant, kind, key) IN (SELECT tenant, toUInt8(1), ref FROM statements WHERE voiding = 1 AND stored > 1000 AND stored <= 2000)))))
    AND (tenant, actor) IN (SELECT tenant, actor FROM statements WHERE voiding = 0 AND stored <= 2000 AND (tenant, stored) IN (SELECT tenant, stored FROM lookups WHERE (tenant, kind, key) IN (SELECT tenant, toUInt8(1), ref FROM statements WHERE voiding = 1 AND stored > 1000 AND stored <= 2000)))
) AS s
WHERE NOT void;

-- facts 6
INSERT INTO progress_generations (tenant, learner, generation) SELECT DISTINCT tenant, actor, 7 FROM (SELECT tenant, actor FROM statements WHERE voiding = 0 AND stored <= 2000 AND (tenant, stored) IN (SELECT tenant, stored FROM lookups WHERE (tenant, kind, key) IN (SELECT tenant, toUInt8(1), ref FROM statements WHERE voiding = 1 AND stored > 1000 AND stored <= 2000)));

-- settle some
INSERT INTO progress_learners (tenant, course, learner, version, started, completed, last, judged, latest_at, latest_score, first, place, attempts, failed, scored,
  first_score, last_score, best_score, average_score, statements, sessions, session_time, cumulative_time, gaps)
SELECT {tenant:String}, course, human, 9, started, completed, last, judged, latest_at, latest_score, first, place, attempts, failed, scored,
  first_score, last_score, best_score, average_score, statements, sessions, session_time, cumulative_time, gaps
FROM (SELECT r.course AS course, r.human AS human, r.assigned AS assigned, r.name AS name, r.path AS path, r.started_at AS started, r.completed_at AS completed,
  r.last_at AS last, r.verdict.3 AS judged, r.score.1 AS latest_at, r.score.3 AS latest_score, t.first AS first, t.place AS place, t.attempts AS attempts, t.failed AS failed,
  length(t.marks) AS scored, if(scored > 0, t.marks[1].4, -9223372036854775808) AS first_score, if(scored > 0, t.marks[-1].4, -9223372036854775808) AS last_score,
  if(scored > 0, arrayMax(arrayMap(m -> m.4, t.marks)), -9223372036854775808) AS best_score, if(scored > 0, toInt64(round(arraySum(m -> m.4, t.marks) / scored)), -9223372036854775808) AS average_score,
  a.statements AS statements, a.active AS active, t.sessions AS sessions, t.session_time AS session_time, t.cumulative_time AS cumulative_time, a.gaps AS gaps
FROM (SELECT toString(s.course) AS course, s.learner AS human, toUInt8(0) AS assigned, '' AS name, CAST([], 'Array(String)') AS path, started_at, completed_at, last_at, verdict, score
FROM (SELECT * FROM progress FINAL WHERE tenant = {tenant:String} AND (course, learner) IN (SELECT toString(arrayJoin(courses)) AS course, toString(actor) AS learner FROM statements WHERE tenant = {tenant:String} AND voiding = 0 AND actor != '' AND stored > 1000 AND stored <= 2000
UNION ALL SELECT toString(p.course) AS course, p.learner AS learner FROM progress AS p WHERE tenant = {tenant:String} AND learner IN (SELECT learner FROM progress_generations WHERE tenant = {tenant:String} AND generation > 7))) AS s) AS r
LEFT ANY JOIN (SELECT course, human, min(began) AS first, max(place).3 AS place, count() AS attempts, countIf(judged = 0) AS failed,
  arraySort(groupArrayIf((began, toString(registration), attempt, points), scored)) AS marks,
  sum(sessions) AS sessions, sum(hundredths) AS session_time, arraySum(maxMap([toString(registration)], [greatest(longest, 0)]).2) AS cumulative_time
FROM (SELECT course, human, registration, attempt, min(first_at) AS began, if(countIf(at > -9223372036854775808) > 0 AND registration = '00000000-0000-0000-0000-000000000000', maxIf(last_at, at > -9223372036854775808), max(last_at)) AS ended, max(place) AS place,
  max(score).1 > -9223372036854775808 AS scored, if(max(final).1 > -9223372036854775808, max(final).3, max(score).3) AS points, max(verdict).3 AS judged,
  countIf(duration >= 0) AS sessions, sumIf(duration, duration >= 0) AS hundredths, max(duration) AS longest
FROM (
  SELECT *, toUInt32(greatest(1, sum(start) OVER (PARTITION BY course, human, registration ORDER BY at, number ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW))) AS attempt
  FROM (SELECT course, human, registration, at, number, max(start) AS start, min(first_at) AS first_at, max(last_at) AS last_at,
  max(place) AS place, max(final) AS final, max(score) AS score, max(verdict) AS verdict, max(duration) AS duration
FROM (SELECT toString(s.course) AS course, s.learner AS learner, s.learner AS human, registration, at, stored AS number, start, first_at, last_at, place, final, score, verdict, duration FROM (SELECT * FROM progress_attempts WHERE tenant = {tenant:String} AND (course, learner) IN (SELECT toString(arrayJoin(courses)) AS course, toString(actor) AS learner FROM statements WHERE tenant = {tenant:String} AND voiding = 0 AND actor != '' AND stored > 1000 AND stored <= 2000
UNION ALL SELECT toString(p.course) AS course, p.learner AS learner FROM progress AS p WHERE tenant = {tenant:String} AND learner IN (SELECT learner FROM progress_generations WHERE tenant = {tenant:String} AND generation > 7)) AND if(generation = 0, learner NOT IN (SELECT learner FROM progress_generations WHERE tenant = {tenant:String}), (learner, generation) IN (SELECT learner, max(generation) FROM progress_generations WHERE tenant = {tenant:String} GROUP BY learner))) AS s) GROUP BY course, human, registration, at, number)
) GROUP BY course, human, registration, attempt) GROUP BY course, human) AS t ON r.course = t.course AND r.human = t.human
LEFT ANY JOIN (SELECT course, human, sum(n) AS statements, max(inside) AS active, arraySort(groupArray((f, l))) AS spans,
  arraySum(x -> x.2 - x.1, spans) + arraySum((a, b) -> if(b.1 - a.2 <= 600000000, b.1 - a.2, 0), arrayPopBack(spans), arrayPopFront(spans)) AS gaps
FROM (
  SELECT course, human, slot, toInt64(slot) * 600000000 + min(first) AS f, toInt64(slot) * 600000000 + max(last) AS l, length(groupUniqArrayArray(statements)) AS n, 1 AS inside
  FROM (SELECT toString(s.course) AS course, s.learner AS learner, s.learner AS human, slot, first, last, statements FROM (SELECT * FROM progress_slots WHERE tenant = {tenant:String} AND (course, learner) IN (SELECT toString(arrayJoin(courses)) AS course, toString(actor) AS learner FROM statements WHERE tenant = {tenant:String} AND voiding = 0 AND actor != '' AND stored > 1000 AND stored <= 2000
UNION ALL SELECT toString(p.course) AS course, p.learner AS learner FROM progress AS p WHERE tenant = {tenant:String} AND learner IN (SELECT learner FROM progress_generations WHERE tenant = {tenant:String} AND generation > 7)) AND if(generation = 0, learner NOT IN (SELECT learner FROM progress_generations WHERE tenant = {tenant:String}), (learner, generation) IN (SELECT learner, max(generation) FROM progress_generations WHERE tenant = {tenant:String} GROUP BY learner))) AS s) GROUP BY course, human, slot
) GROUP BY course, human) AS a ON r.course = a.course AND r.human = a.human);

-- settled learners
SELECT k.course AS course, k.human AS human, k.assigned AS assigned, k.name AS name, k.path AS path, k.started AS started, k.completed AS completed,
  k.last AS last, k.judged AS judged, k.latest_at AS latest_at, k.latest_score AS latest_score, k.first AS first, k.place AS place, k.attempts AS attempts, k.failed AS failed, k.scored AS scored,
  k.first_score AS first_score, k.last_score AS last_score, k.best_score AS best_score, k.average_score AS average_score, k.statements AS statements, k.last >= 1767875400000000 AS active,
  k.sessions AS sessions, k.session_time AS session_time, k.cumulative_time AS cumulative_time, k.gaps AS gaps
FROM (SELECT toString(s.course) AS course, s.learner AS learner, if(who.person = '', s.learner, who.person) AS human, who.person != '' AS assigned, who.name AS name, who.path AS path, started, completed, last, judged, latest_at, latest_score, first, place, attempts, failed, scored, first_score, last_score, best_score, average_score, statements, sessions, session_time, cumulative_time, gaps
FROM (SELECT * FROM progress_learners FINAL WHERE tenant = {tenant:String} AND course = {course:String} AND (course, learner) NOT IN (SELECT course, learner FROM open_pairs) AND last > -9223372036854775808) AS s
LEFT ANY JOIN (SELECT identifier, person, name, path FROM persons FINAL WHERE tenant = {tenant:String}) AS who ON s.learner = who.identifier
WHERE 1) AS k;

-- settle weeks
INSERT INTO progress_weeks (tenant, week, learner, version, statements)
SELECT {tenant:String}, week, learner, 9, sum(n) FROM (
  SELECT toDate32(toMonday(toDateTime64(slot * 600, 0, {zone:String}))) AS week, learner, toUInt64(length(groupUniqArrayArray(statements))) AS n FROM (SELECT toString(s.course) AS course, s.learner AS learner, s.learner AS human, slot, statements FROM (SELECT * FROM progress_slots WHERE tenant = {tenant:String} AND course IN (SELECT p.course FROM progress AS p WHERE tenant = {tenant:String} AND learner = 'x') AND learner = 'x' AND if(generation = 0, learner NOT IN (SELECT learner FROM progress_generations WHERE tenant = {tenant:String}), (learner, generation) IN (SELECT learner, max(generation) FROM progress_generations WHERE tenant = {tenant:String} GROUP BY learner))) AS s) GROUP BY week, learner
  UNION ALL
  SELECT w.week AS week, w.learner AS learner, toUInt64(0) AS n FROM progress_weeks AS w WHERE tenant = {tenant:String} AND learner = 'x'
) GROUP BY week, learner;

-- settled weeks
SELECT day, uniqExact(human), sum(n) FROM (
SELECT day, human, n FROM (SELECT '' AS course, s.learner AS learner, if(who.person = '', s.learner, who.person) AS human, who.person != '' AS assigned, who.name AS name, who.path AS path, week AS day, statements AS n
FROM (SELECT * FROM progress_weeks FINAL WHERE tenant = {tenant:String} AND course = {course:String} AND 1 AND week >= '2026-01-08' AND learner NOT IN (SELECT learner FROM open_pairs) AND statements > 0) AS s
LEFT ANY JOIN (SELECT identifier, person, name, path FROM persons FINAL WHERE tenant = {tenant:String}) AS who ON s.learner = who.identifier
WHERE 1)
UNION ALL
SELECT toDate32(toMonday(toDateTime64(slot * 600, 0, {zone:String}))) AS day, human, toUInt64(length(groupUniqArrayArray(statements))) AS n FROM (SELECT toString(s.course) AS course, s.learner AS learner, if(who.person = '', s.learner, who.person) AS human, who.person != '' AS assigned, who.name AS name, who.path AS path, slot, statements
FROM (SELECT * FROM progress_slots WHERE tenant = {tenant:String} AND course = {course:String} AND course IN (SELECT p.course FROM progress AS p WHERE tenant = {tenant:String} AND learner IN (SELECT learner FROM open_pairs)) AND learner IN (SELECT learner FROM open_pairs) AND if(generation = 0, learner NOT IN (SELECT learner FROM progress_generations WHERE tenant = {tenant:String}), (learner, generation) IN (SELECT learner, max(generation) FROM progress_generations WHERE tenant = {tenant:String} GROUP BY learner))) AS s
LEFT ANY JOIN (SELECT identifier, person, name, path FROM persons FINAL WHERE tenant = {tenant:String}) AS who ON s.learner = who.identifier
WHERE 1) WHERE 1 AND slot >= 2946459 GROUP BY human, slot, day
) GROUP BY day ORDER BY day;

-- settled states
SELECT course, human, started, completed, last, judged, latest_at, latest_score FROM (SELECT toString(s.course) AS course, s.learner AS learner, if(who.person = '', s.learner, who.person) AS human, who.person != '' AS assigned, who.name AS name, who.path AS path, started, completed, last, judged, latest_at, latest_score
FROM (SELECT * FROM progress_learners FINAL WHERE tenant = {tenant:String} AND course = {course:String} AND (course, learner) NOT IN (SELECT course, learner FROM open_pairs) AND last > -9223372036854775808) AS s
LEFT ANY JOIN (SELECT identifier, person, name, path FROM persons FINAL WHERE tenant = {tenant:String}) AS who ON s.learner = who.identifier
WHERE 1)
UNION ALL
SELECT course, human, started_at AS started, completed_at AS completed, last_at AS last, verdict.3 AS judged, score.1 AS latest_at, score.3 AS latest_score FROM (SELECT course, human, max(assigned) AS assigned, any(name) AS name, any(path) AS path, min(started_at) AS started_at, min(completed_at) AS completed_at,
  max(last_at) AS last_at, max(verdict) AS verdict, max(score) AS score
FROM (SELECT toString(s.course) AS course, s.learner AS learner, if(who.person = '', s.learner, who.person) AS human, who.person != '' AS assigned, who.name AS name, who.path AS path, started_at, completed_at, last_at, verdict, score
FROM (SELECT * FROM progress FINAL WHERE tenant = {tenant:String} AND course = {course:String} AND (course, learner) IN (SELECT course, learner FROM open_pairs) AND last_at > -9223372036854775808) AS s
LEFT ANY JOIN (SELECT identifier, person, name, path FROM persons FINAL WHERE tenant = {tenant:String}) AS who ON s.learner = who.identifier
WHERE 1) GROUP BY course, human);

-- others
SELECT DISTINCT o.course, b.identifier FROM open_pairs AS o
INNER JOIN (SELECT identifier, person FROM persons FINAL WHERE tenant = {tenant:String} AND person != '') AS a ON o.learner = a.identifier
INNER JOIN (SELECT identifier, person FROM persons FINAL WHERE tenant = {tenant:String} AND person != '') AS b ON a.person = b.person;

-- shared
SELECT course, learner FROM (
  SELECT s.course AS course, s.learner AS learner, count() OVER (PARTITION BY s.course, who.person) AS n
  FROM (SELECT DISTINCT toString(p.course) AS course, p.learner AS learner FROM progress AS p WHERE tenant = {tenant:String}) AS s
  INNER JOIN (SELECT identifier, person FROM persons FINAL WHERE tenant = {tenant:String} AND person != '') AS who ON s.learner = who.identifier
) WHERE n > 1 ORDER BY course, learner;

-- learners
SELECT l.course AS course, l.human AS human, l.assigned AS assigned, l.name AS name, l.path AS path, l.started AS started, l.completed AS completed,
  l.last AS last, l.judged AS judged, l.latest_at AS latest_at, l.latest_score AS latest_score, l.first AS first, l.place AS place, l.attempts AS attempts, l.failed AS failed_attempts,
  l.scored AS scored_attempts, l.first_score AS first_score, l.last_score AS last_score, l.best_score AS best_score, l.average_score AS average_score, l.statements AS statements, l.active AS active,
  multiIf(l.sessions = 0, 'gaps', c.duration = 'cumulative', 'cumulative', 'session') AS source,
  toInt64(multiIf(source = 'gaps', l.gaps, source = 'cumulative', l.cumulative_time * 10000, l.session_time * 10000)) AS spent,
  toInt64(greatest(0, intDiv(1767875400000000 - l.last, 86400000000))) AS idle,
  started < 9223372036854775807 AND completed = 9223372036854775807 AND idle >= 7 AS at_risk_idle,
  started < 9223372036854775807 AND completed = 9223372036854775807 AND failed_attempts >= 2 AS at_risk_failed,
  if(completed < 9223372036854775807, completed - first, -1) AS took
FROM (SELECT r.course AS course, r.human AS human, r.assigned AS assigned, r.name AS name, r.path AS path, r.started_at AS started, r.completed_at AS completed,
  r.last_at AS last, r.verdict.3 AS judged, r.score.1 AS latest_at, r.score.3 AS latest_score, t.first AS first, t.place AS place, t.attempts AS attempts, t.failed AS failed,
  length(t.marks) AS scored, if(scored > 0, t.marks[1].4, -9223372036854775808) AS first_score, if(scored > 0, t.marks[-1].4, -9223372036854775808) AS last_score,
  if(scored > 0, arrayMax(arrayMap(m -> m.4, t.marks)), -9223372036854775808) AS best_score, if(scored > 0, toInt64(round(arraySum(m -> m.4, t.marks) / scored)), -9223372036854775808) AS average_score,
  a.statements AS statements, a.active AS active, t.sessions AS sessions, t.session_time AS session_time, t.cumulative_time AS cumulative_time, a.gaps AS gaps
FROM (SELECT course, human, max(assigned) AS assigned, any(name) AS name, any(path) AS path, min(started_at) AS started_at, min(completed_at) AS completed_at,
  max(last_at) AS last_at, max(verdict) AS verdict, max(score) AS score
FROM (SELECT toString(s.course) AS course, s.learner AS learner, if(who.person = '', s.learner, who.person) AS human, who.person != '' AS assigned, who.name AS name, who.path AS path, started_at, completed_at, last_at, verdict, score
FROM (SELECT * FROM progress FINAL WHERE tenant = {tenant:String} AND course = {course:String} AND last_at > -9223372036854775808) AS s
LEFT ANY JOIN (SELECT identifier, person, name, path FROM persons FINAL WHERE tenant = {tenant:String}) AS who ON s.learner = who.identifier
WHERE 1) GROUP BY course, human) AS r
LEFT ANY JOIN (SELECT course, human, min(began) AS first, max(place).3 AS place, count() AS attempts, countIf(judged = 0) AS failed,
  arraySort(groupArrayIf((began, toString(registration), attempt, points), scored)) AS marks,
  sum(sessions) AS sessions, sum(hundredths) AS session_time, arraySum(maxMap([toString(registration)], [greatest(longest, 0)]).2) AS cumulative_time
FROM (SELECT course, human, registration, attempt, min(first_at) AS began, if(countIf(at > -9223372036854775808) > 0 AND registration = '00000000-0000-0000-0000-000000000000', maxIf(last_at, at > -9223372036854775808), max(last_at)) AS ended, max(place) AS place,
  max(score).1 > -9223372036854775808 AS scored, if(max(final).1 > -9223372036854775808, max(final).3, max(score).3) AS points, max(verdict).3 AS judged,
  countIf(duration >= 0) AS sessions, sumIf(duration, duration >= 0) AS hundredths, max(duration) AS longest
FROM (
  SELECT *, toUInt32(greatest(1, sum(start) OVER (PARTITION BY course, human, registration ORDER BY at, number ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW))) AS attempt
  FROM (SELECT course, human, registration, at, number, max(start) AS start, min(first_at) AS first_at, max(last_at) AS last_at,
  max(place) AS place, max(final) AS final, max(score) AS score, max(verdict) AS verdict, max(duration) AS duration
FROM (SELECT toString(s.course) AS course, s.learner AS learner, if(who.person = '', s.learner, who.person) AS human, who.person != '' AS assigned, who.name AS name, who.path AS path, registration, at, stored AS number, start, first_at, last_at, place, final, score, verdict, duration
FROM (SELECT * FROM progress_attempts WHERE tenant = {tenant:String} AND course = {course:String} AND if(generation = 0, learner NOT IN (SELECT learner FROM progress_generations WHERE tenant = {tenant:String}), (learner, generation) IN (SELECT learner, max(generation) FROM progress_generations WHERE tenant = {tenant:String} GROUP BY learner))) AS s
LEFT ANY JOIN (SELECT identifier, person, name, path FROM persons FINAL WHERE tenant = {tenant:String}) AS who ON s.learner = who.identifier
WHERE 1) GROUP BY course, human, registration, at, number)
) GROUP BY course, human, registration, attempt) GROUP BY course, human) AS t ON r.course = t.course AND r.human = t.human
LEFT ANY JOIN (SELECT course, human, sum(n) AS statements, max(inside) AS active, arraySort(groupArray((f, l))) AS spans,
  arraySum(x -> x.2 - x.1, spans) + arraySum((a, b) -> if(b.1 - a.2 <= 600000000, b.1 - a.2, 0), arrayPopBack(spans), arrayPopFront(spans)) AS gaps
FROM (
  SELECT course, human, slot, toInt64(slot) * 600000000 + min(first) AS f, toInt64(slot) * 600000000 + max(last) AS l, length(groupUniqArrayArray(statements)) AS n, 1 AS inside
  FROM (SELECT toString(s.course) AS course, s.learner AS learner, if(who.person = '', s.learner, who.person) AS human, who.person != '' AS assigned, who.name AS name, who.path AS path, slot, first, last, statements
FROM (SELECT * FROM progress_slots WHERE tenant = {tenant:String} AND course = {course:String} AND if(generation = 0, learner NOT IN (SELECT learner FROM progress_generations WHERE tenant = {tenant:String}), (learner, generation) IN (SELECT learner, max(generation) FROM progress_generations WHERE tenant = {tenant:String} GROUP BY learner))) AS s
LEFT ANY JOIN (SELECT identifier, person, name, path FROM persons FINAL WHERE tenant = {tenant:String}) AS who ON s.learner = who.identifier
WHERE 1) GROUP BY course, human, slot
) GROUP BY course, human) AS a ON r.course = a.course AND r.human = a.human) AS l
LEFT ANY JOIN (SELECT course, duration FROM course_settings FINAL WHERE tenant = {tenant:String}) AS c ON l.course = c.course;

-- drop-off
SELECT place, count() AS learners, countIf(completed_at = 9223372036854775807) FROM (
  SELECT t.place.3 AS place, r.completed_at AS completed_at FROM (SELECT course, human, max(assigned) AS assigned, any(name) AS name, any(path) AS path, min(started_at) AS started_at, min(completed_at) AS completed_at,
  max(last_at) AS last_at, max(verdict) AS verdict, max(score) AS score
FROM (SELECT toString(s.course) AS course, s.learner AS learner, if(who.person = '', s.learner, who.person) AS human, who.person != '' AS assigned, who.name AS name, who.path AS path, started_at, completed_at, last_at, verdict, score
FROM (SELECT * FROM progress FINAL WHERE tenant = {tenant:String} AND course = {course:String} AND last_at > -9223372036854775808) AS s
LEFT ANY JOIN (SELECT identifier, person, name, path FROM persons FINAL WHERE tenant = {tenant:String}) AS who ON s.learner = who.identifier
WHERE 1) GROUP BY course, human) AS r
  LEFT ANY JOIN (SELECT course, human, max(place) AS place FROM (SELECT toString(s.course) AS course, s.learner AS learner, if(who.person = '', s.learner, who.person) AS human, who.person != '' AS assigned, who.name AS name, who.path AS path, place
FROM (SELECT * FROM progress_attempts WHERE tenant = {tenant:String} AND course = {course:String} AND if(generation = 0, learner NOT IN (SELECT learner FROM progress_generations WHERE tenant = {tenant:String}), (learner, generation) IN (SELECT learner, max(generation) FROM progress_generations WHERE tenant = {tenant:String} GROUP BY learner))) AS s
LEFT ANY JOIN (SELECT identifier, person, name, path FROM persons FINAL WHERE tenant = {tenant:String}) AS who ON s.learner = who.identifier
WHERE 1) GROUP BY course, human) AS t ON r.course = t.course AND r.human = t.human
) WHERE place != '' GROUP BY place ORDER BY learners DESC, place;

-- hours
SELECT toDayOfWeek(toDateTime64(slot * 600, 0, {zone:String})) AS weekday, toHour(toDateTime64(slot * 600, 0, {zone:String})) AS hour, sum(n), uniqExact(human) FROM (
  SELECT human, slot, length(groupUniqArrayArray(statements)) AS n FROM (SELECT toString(s.course) AS course, s.learner AS learner, if(who.person = '', s.learner, who.person) AS human, who.person != '' AS assigned, who.name AS name, who.path AS path, slot, statements
FROM (SELECT * FROM progress_slots WHERE tenant = {tenant:String} AND course = {course:String} AND if(generation = 0, learner NOT IN (SELECT learner FROM progress_generations WHERE tenant = {tenant:String}), (learner, generation) IN (SELECT learner, max(generation) FROM progress_generations WHERE tenant = {tenant:String} GROUP BY learner))) AS s
LEFT ANY JOIN (SELECT identifier, person, name, path FROM persons FINAL WHERE tenant = {tenant:String}) AS who ON s.learner = who.identifier
WHERE 1) WHERE 1 GROUP BY human, slot
) GROUP BY weekday, hour ORDER BY weekday, hour;

-- questions
SELECT question, count(), countIf(correct >= 0), countIf(correct = 1), countIf(marked), sumIf(mark, marked), countIf(others > 0),
  corrStableIf(toFloat64(mark) / 1e9, rest, others > 0)
FROM (
  SELECT question, correct, mark, mark > -9223372036854775808 AS marked,
    if(marked, countIf(mark > -9223372036854775808) OVER (PARTITION BY human) - 1, 0) AS others,
    if(others > 0, (sumIf(mark, mark > -9223372036854775808) OVER (PARTITION BY human) - mark) / 1e9 / others, 0) AS rest
  FROM (SELECT question, human, min(first) AS f, f.3 AS correct, f.4 AS mark, f.5 AS response FROM (SELECT toString(s.course) AS course, s.learner AS learner, if(who.person = '', s.learner, who.person) AS human, who.person != '' AS assigned, who.name AS name, who.path AS path, toString(question) AS question, first
FROM (SELECT * FROM progress_answers WHERE tenant = {tenant:String} AND course = {course:String} AND if(generation = 0, learner NOT IN (SELECT learner FROM progress_generations WHERE tenant = {tenant:String}), (learner, generation) IN (SELECT learner, max(generation) FROM progress_generations WHERE tenant = {tenant:String} GROUP BY learner))) AS s
LEFT ANY JOIN (SELECT identifier, person, name, path FROM persons FINAL WHERE tenant = {tenant:String}) AS who ON s.learner = who.identifier
WHERE 1) GROUP BY question, human)
) GROUP BY question ORDER BY question;

-- responses
SELECT question, response, count() AS n FROM (SELECT question, human, min(first) AS f, f.3 AS correct, f.4 AS mark, f.5 AS response FROM (SELECT toString(s.course) AS course, s.learner AS learner, if(who.person = '', s.learner, who.person) AS human, who.person != '' AS assigned, who.name AS name, who.path AS path, toString(question) AS question, first
FROM (SELECT * FROM progress_answers WHERE tenant = {tenant:String} AND course = {course:String} AND if(generation = 0, learner NOT IN (SELECT learner FROM progress_generations WHERE tenant = {tenant:String}), (learner, generation) IN (SELECT learner, max(generation) FROM progress_generations WHERE tenant = {tenant:String} GROUP BY learner))) AS s
LEFT ANY JOIN (SELECT identifier, person, name, path FROM persons FINAL WHERE tenant = {tenant:String}) AS who ON s.learner = who.identifier
WHERE 1) GROUP BY question, human) GROUP BY question, response ORDER BY question, n DESC, response LIMIT 100 BY question;

-- alpha
SELECT count(), varSampStable(arraySum(mapValues(marks))), arraySum(arrayMap(v -> v, varSampStableForEach(arrayMap(i -> marks[i], {items:Array(String)})))) FROM (SELECT human, mapFromArrays(groupArray(question), groupArray(toFloat64(mark) / 1e9)) AS marks
FROM (SELECT question, human, min(first) AS f, f.3 AS correct, f.4 AS mark, f.5 AS response FROM (SELECT toString(s.course) AS course, s.learner AS learner, if(who.person = '', s.learner, who.person) AS human, who.person != '' AS assigned, who.name AS name, who.path AS path, toString(question) AS question, first
FROM (SELECT * FROM progress_answers WHERE tenant = {tenant:String} AND course = {course:String} AND if(generation = 0, learner NOT IN (SELECT learner FROM progress_generations WHERE tenant = {tenant:String}), (learner, generation) IN (SELECT learner, max(generation) FROM progress_generations WHERE tenant = {tenant:String} GROUP BY learner))) AS s
LEFT ANY JOIN (SELECT identifier, person, name, path FROM persons FINAL WHERE tenant = {tenant:String}) AS who ON s.learner = who.identifier
WHERE 1) GROUP BY question, human) WHERE mark > -9223372036854775808 AND question IN (SELECT arrayJoin({items:Array(String)})) GROUP BY human HAVING count() = length({items:Array(String)}));

-- trend, firsts
SELECT toDate32(toMonday(fromUnixTimestamp64Micro(at, {zone:String}))) AS day, countIf(what = 1), countIf(what = 2) FROM (
  SELECT arrayJoin([(1, started), (2, completed)]) AS event, event.1 AS what, event.2 AS at FROM (SELECT course, human, started_at AS started, completed_at AS completed, last_at AS last, verdict.3 AS judged, score.1 AS latest_at, score.3 AS latest_score FROM (SELECT course, human, max(assigned) AS assigned, any(name) AS name, any(path) AS path, min(started_at) AS started_at, min(completed_at) AS completed_at,
  max(last_at) AS last_at, max(verdict) AS verdict, max(score) AS score
FROM (SELECT toString(s.course) AS course, s.learner AS learner, if(who.person = '', s.learner, who.person) AS human, who.person != '' AS assigned, who.name AS name, who.path AS path, started_at, completed_at, last_at, verdict, score
FROM (SELECT * FROM progress FINAL WHERE tenant = {tenant:String} AND course = {course:String} AND last_at > -9223372036854775808) AS s
LEFT ANY JOIN (SELECT identifier, person, name, path FROM persons FINAL WHERE tenant = {tenant:String}) AS who ON s.learner = who.identifier
WHERE 1) GROUP BY course, human))
) WHERE at < 9223372036854775807 AND 1 GROUP BY day ORDER BY day;

-- trend, active
SELECT toDate32(toMonday(toDateTime64(slot * 600, 0, {zone:String}))) AS day, uniqExact(human), sum(n) FROM (
  SELECT human, slot, length(groupUniqArrayArray(statements)) AS n FROM (SELECT toString(s.course) AS course, s.learner AS learner, if(who.person = '', s.learner, who.person) AS human, who.person != '' AS assigned, who.name AS name, who.path AS path, slot, statements
FROM (SELECT * FROM progress_slots WHERE tenant = {tenant:String} AND course = {course:String} AND if(generation = 0, learner NOT IN (SELECT learner FROM progress_generations WHERE tenant = {tenant:String}), (learner, generation) IN (SELECT learner, max(generation) FROM progress_generations WHERE tenant = {tenant:String} GROUP BY learner))) AS s
LEFT ANY JOIN (SELECT identifier, person, name, path FROM persons FINAL WHERE tenant = {tenant:String}) AS who ON s.learner = who.identifier
WHERE 1) WHERE 1 GROUP BY human, slot
) GROUP BY day ORDER BY day;

-- a trainer's
SELECT course, human, max(assigned) AS assigned, any(name) AS name, any(path) AS path, min(started_at) AS started_at, min(completed_at) AS completed_at,
  max(last_at) AS last_at, max(verdict) AS verdict, max(score) AS score
FROM (SELECT toString(s.course) AS course, s.learner AS learner, if(who.person = '', s.learner, who.person) AS human, who.person != '' AS assigned, who.name AS name, who.path AS path, started_at, completed_at, last_at, verdict, score
FROM (SELECT * FROM progress FINAL WHERE tenant = {tenant:String} AND learner IN (SELECT identifier FROM persons AS who FINAL WHERE tenant = {tenant:String} AND 1 AND who.person IN (SELECT person FROM person_groups FINAL WHERE tenant = {tenant:String} AND `group` IN (SELECT arrayJoin({groups:Array(String)})) AND role = 'member' AND since <= {today:Date32} AND until >= {today:Date32}) AND who.person IN (SELECT person FROM person_groups FINAL WHERE tenant = {tenant:String} AND `group` IN ({group:String}) AND role = 'member' AND since <= {today:Date32} AND until >= {today:Date32}) AND has(who.path, {unit:String})) AND last_at > -9223372036854775808) AS s
LEFT ANY JOIN (SELECT identifier, person, name, path FROM persons FINAL WHERE tenant = {tenant:String}) AS who ON s.learner = who.identifier
WHERE 1 AND who.person IN (SELECT person FROM person_groups FINAL WHERE tenant = {tenant:String} AND `group` IN (SELECT arrayJoin({groups:Array(String)})) AND role = 'member' AND since <= {today:Date32} AND until >= {today:Date32}) AND who.person IN (SELECT person FROM person_groups FINAL WHERE tenant = {tenant:String} AND `group` IN ({group:String}) AND role = 'member' AND since <= {today:Date32} AND until >= {today:Date32}) AND has(who.path, {unit:String})) GROUP BY course, human;

