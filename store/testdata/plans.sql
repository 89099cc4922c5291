-- newest
SELECT stored, id, registration, voiding, raw FROM statements WHERE tenant = {tenant:String} AND stored > -9223372036854775808 AND stored <= 15 ORDER BY stored DESC LIMIT 11

-- ascending from a cursor
SELECT stored, id, registration, voiding, raw FROM statements WHERE tenant = {tenant:String} AND stored > 12 AND stored <= 15 ORDER BY stored LIMIT 11

-- agent
SELECT stored FROM lookups WHERE tenant = {tenant:String} AND kind = 2 AND key = '69164279-8fc8-b105-b686-e3e6374b641c' AND stored > -9223372036854775808 AND stored <= 15 ORDER BY stored DESC LIMIT 11
SELECT DISTINCT referrer AS stored FROM refs WHERE tenant = {tenant:String} AND referrer > -9223372036854775808 AND referrer <= 15 AND (target IN (SELECT stored FROM lookups WHERE tenant = {tenant:String} AND kind = 2 AND key = '69164279-8fc8-b105-b686-e3e6374b641c' AND stored <= 15 AND stored IN (SELECT target FROM refs WHERE tenant = {tenant:String} AND referrer > -9223372036854775808 AND referrer <= 15)) OR target IN (SELECT stored FROM links))

-- agent, verb, since
SELECT stored FROM lookups WHERE tenant = {tenant:String} AND kind = 2 AND key = '69164279-8fc8-b105-b686-e3e6374b641c' AND stored > 10 AND stored <= 15 AND verb = {verb:String} ORDER BY stored DESC LIMIT 11
SELECT DISTINCT referrer AS stored FROM refs WHERE tenant = {tenant:String} AND referrer > 10 AND referrer <= 15 AND (target IN (SELECT stored FROM lookups WHERE tenant = {tenant:String} AND kind = 2 AND key = '69164279-8fc8-b105-b686-e3e6374b641c' AND stored <= 15 AND verb = {verb:String} AND stored IN (SELECT target FROM refs WHERE tenant = {tenant:String} AND referrer > 10 AND referrer <= 15)) OR target IN (SELECT stored FROM links))

-- related activity
SELECT stored FROM (SELECT stored FROM lookups WHERE tenant = {tenant:String} AND kind = 5 AND key = '18ab4ff2-db4b-a02a-6ef8-a88811ba82ae' AND stored > -9223372036854775808 AND stored <= 15 ORDER BY stored DESC LIMIT 11 UNION ALL SELECT stored FROM lookups WHERE tenant = {tenant:String} AND kind = 6 AND key = '18ab4ff2-db4b-a02a-6ef8-a88811ba82ae' AND stored > -9223372036854775808 AND stored <= 15 ORDER BY stored DESC LIMIT 11) ORDER BY stored DESC LIMIT 11
SELECT DISTINCT referrer AS stored FROM refs WHERE tenant = {tenant:String} AND referrer > -9223372036854775808 AND referrer <= 15 AND (target IN (SELECT stored FROM lookups WHERE tenant = {tenant:String} AND kind IN (5,6) AND key = '18ab4ff2-db4b-a02a-6ef8-a88811ba82ae' AND stored <= 15 AND stored IN (SELECT target FROM refs WHERE tenant = {tenant:String} AND referrer > -9223372036854775808 AND referrer <= 15)) OR target IN (SELECT stored FROM links))

-- verb
SELECT stored FROM lookups WHERE tenant = {tenant:String} AND kind = 8 AND key = '6340c86b-a18e-8e9a-a110-4299b43ce981' AND stored > -9223372036854775808 AND stored <= 15 ORDER BY stored DESC LIMIT 11
SELECT DISTINCT referrer AS stored FROM refs WHERE tenant = {tenant:String} AND referrer > -9223372036854775808 AND referrer <= 15 AND (target IN (SELECT stored FROM lookups WHERE tenant = {tenant:String} AND kind = 8 AND key = '6340c86b-a18e-8e9a-a110-4299b43ce981' AND stored <= 15 AND stored IN (SELECT target FROM refs WHERE tenant = {tenant:String} AND referrer > -9223372036854775808 AND referrer <= 15)) OR target IN (SELECT stored FROM links))

-- authority
SELECT stored FROM lookups WHERE tenant = {tenant:String} AND kind = 4 AND key = '98feba1f-48ad-af13-2755-b618ca3b0269' AND stored > -9223372036854775808 AND stored <= 15 ORDER BY stored DESC LIMIT 11
SELECT DISTINCT referrer AS stored FROM refs WHERE tenant = {tenant:String} AND referrer > -9223372036854775808 AND referrer <= 15 AND (target IN (SELECT stored FROM lookups WHERE tenant = {tenant:String} AND kind = 4 AND key = '98feba1f-48ad-af13-2755-b618ca3b0269' AND stored <= 15 AND stored IN (SELECT target FROM refs WHERE tenant = {tenant:String} AND referrer > -9223372036854775808 AND referrer <= 15)) OR target IN (SELECT stored FROM links)) AND referrer IN (SELECT stored FROM lookups WHERE tenant = {tenant:String} AND kind = 4 AND key = '98feba1f-48ad-af13-2755-b618ca3b0269' AND stored > -9223372036854775808 AND stored <= 15)

-- bounds
SELECT stored FROM lookups WHERE tenant = {tenant:String} AND kind = 7 AND key = 'ec531277-b57b-4c15-8d91-d292c5b2b8f7' AND stored > -9223372036854775808 AND stored <= 15 AND verb = {verb:String} AND stored IN (SELECT stored FROM lookups WHERE tenant = {tenant:String} AND kind = 2 AND key = '69164279-8fc8-b105-b686-e3e6374b641c' AND stored > -9223372036854775808 AND stored <= 15) ORDER BY stored DESC LIMIT 11
SELECT DISTINCT referrer FROM refs WHERE tenant = {tenant:String} AND referrer <= 15 AND target IN (SELECT stored FROM lookups WHERE tenant = {tenant:String} AND kind = 7 AND key = 'ec531277-b57b-4c15-8d91-d292c5b2b8f7' AND stored <= 15 AND verb = {verb:String} AND stored IN (SELECT stored FROM lookups WHERE tenant = {tenant:String} AND kind = 2 AND key = '69164279-8fc8-b105-b686-e3e6374b641c' AND stored > -9223372036854775808 AND stored <= 15) AND stored IN (SELECT target FROM refs WHERE tenant = {tenant:String}))

-- bound to a prefix
SELECT stored, id, registration, voiding, raw FROM statements WHERE tenant = {tenant:String} AND stored > -9223372036854775808 AND stored <= 15 AND object_kind = 1 AND startsWith(object, {prefix:String}) ORDER BY stored DESC LIMIT 11

-- everything
SELECT stored FROM lookups WHERE tenant = {tenant:String} AND kind = 7 AND key = 'ec531277-b57b-4c15-8d91-d292c5b2b8f7' AND stored > 10 AND stored <= 15 AND verb = {verb:String} AND stored IN (SELECT stored FROM lookups WHERE tenant = {tenant:String} AND kind IN (2,3,4) AND key = '69164279-8fc8-b105-b686-e3e6374b641c' AND stored > 10 AND stored <= 15) AND stored IN (SELECT stored FROM lookups WHERE tenant = {tenant:String} AND kind IN (5,6) AND key = '18ab4ff2-db4b-a02a-6ef8-a88811ba82ae' AND stored > 10 AND stored <= 15) AND stored IN (SELECT stored FROM lookups WHERE tenant = {tenant:String} AND kind = 4 AND key = '98feba1f-48ad-af13-2755-b618ca3b0269' AND stored > 10 AND stored <= 15) ORDER BY stored DESC LIMIT 11
SELECT DISTINCT referrer AS stored FROM refs WHERE tenant = {tenant:String} AND referrer > 10 AND referrer <= 15 AND (target IN (SELECT stored FROM lookups WHERE tenant = {tenant:String} AND kind = 7 AND key = 'ec531277-b57b-4c15-8d91-d292c5b2b8f7' AND stored <= 15 AND verb = {verb:String} AND stored IN (SELECT stored FROM lookups WHERE tenant = {tenant:String} AND kind IN (2,3,4) AND key = '69164279-8fc8-b105-b686-e3e6374b641c' AND stored > -9223372036854775808 AND stored <= 15) AND stored IN (SELECT stored FROM lookups WHERE tenant = {tenant:String} AND kind IN (5,6) AND key = '18ab4ff2-db4b-a02a-6ef8-a88811ba82ae' AND stored > -9223372036854775808 AND stored <= 15) AND stored IN (SELECT stored FROM lookups WHERE tenant = {tenant:String} AND kind = 4 AND key = '98feba1f-48ad-af13-2755-b618ca3b0269' AND stored > -9223372036854775808 AND stored <= 15) AND stored IN (SELECT target FROM refs WHERE tenant = {tenant:String} AND referrer > 10 AND referrer <= 15)) OR target IN (SELECT stored FROM links)) AND referrer IN (SELECT stored FROM lookups WHERE tenant = {tenant:String} AND kind = 4 AND key = '98feba1f-48ad-af13-2755-b618ca3b0269' AND stored > 10 AND stored <= 15)

