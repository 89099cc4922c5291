// What both scripts share: where the endpoint is, the statements they post and
// the checks they make. Nothing here knows either library.
'use strict'

const assert = require('node:assert/strict')
const { randomUUID } = require('node:crypto')

function needed (name) {
  const value = process.env[name]
  assert.ok(value, `${name} is not set`)
  return value
}

const endpoint = needed('LERNSPUR_ENDPOINT') // …/xapi
const key = needed('LERNSPUR_KEY')
const secret = needed('LERNSPUR_SECRET')

// A run of its own, so that queries find this run's statements and no others.
const run = randomUUID()
const learner = { objectType: 'Agent', name: 'Ada Testperson', mbox: `mailto:ada.${run}@example.org` }
const verb = { id: 'http://adlnet.gov/expapi/verbs/completed', display: { 'en-US': 'completed', de: 'hat abgeschlossen' } }

// statement is number n of the run; ids are given so that order and content can
// be compared afterwards.
function statement (n) {
  return {
    id: randomUUID(),
    actor: learner,
    verb,
    object: {
      objectType: 'Activity',
      id: `http://example.org/${run}/course/${n}`,
      definition: { name: { de: `Kurs ${n} – Grundlagen` }, type: 'http://adlnet.gov/expapi/activities/course' }
    },
    result: { score: { scaled: n / 100, raw: n, min: 0, max: 100 }, success: n % 2 === 0, completion: true, duration: 'PT1H2M3.5S' },
    timestamp: '2026-03-01T08:00:00.000Z'
  }
}

// sameAs holds what came back against what was sent: everything sent is there,
// unchanged, and only what a record store has to add is there besides.
function sameAs (sent, got) {
  const { stored, authority, version, ...rest } = got
  assert.ok(stored, 'stored is missing')
  assert.ok(authority, 'authority is missing')
  assert.match(version, /^1\.0\.\d+$/)
  assert.deepEqual(rest, sent)
}

// newestFirst is the order in which a query answers.
const newestFirst = (ids) => [...ids].reverse()

async function main (name, steps) {
  for (const [step, run] of steps) {
    try {
      await run()
    } catch (problem) {
      console.error(`${name}: ${step}:`, problem)
      process.exit(1)
    }
  }
  console.log(`${name}: ${steps.length} steps passed`)
}

module.exports = { assert, endpoint, key, secret, run, learner, verb, statement, sameAs, newestFirst, main }
