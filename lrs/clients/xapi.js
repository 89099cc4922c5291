// Posts, reads, queries, pages and voids through the library @xapi/xapi.
'use strict'

const { default: XAPI } = require('@xapi/xapi')
const { assert, endpoint, key, secret, run, learner, verb, statement, sameAs, newestFirst, main } = require('./common')

const client = new XAPI({ endpoint: endpoint + '/', auth: XAPI.toBasicAuth(key, secret), version: '1.0.3' })
const single = statement(1)
const batch = [2, 3, 4, 5, 6, 7].map(statement)
const all = [single, ...batch]

async function status (promise) {
  try {
    return (await promise).status
  } catch (problem) {
    return problem.status ?? problem.response?.status ?? Promise.reject(problem)
  }
}

main('@xapi/xapi', [
  ['about', async () => {
    const { data } = await client.getAbout()
    assert.ok(data.version.includes('1.0.3') && data.version.includes('2.0.0'))
  }],
  ['post one', async () => {
    const { data } = await client.sendStatement({ statement: single })
    assert.deepEqual(data, [single.id])
  }],
  ['post many', async () => {
    const { data } = await client.sendStatements({ statements: batch })
    assert.deepEqual(data, batch.map((s) => s.id))
  }],
  ['read one', async () => {
    const { data } = await client.getStatement({ statementId: single.id })
    sameAs(single, data)
  }],
  ['query', async () => {
    const { data } = await client.getStatements({ agent: learner, verb: verb.id })
    assert.deepEqual(data.statements.map((s) => s.id), newestFirst(all.map((s) => s.id)))
    assert.equal(data.more, '')
    data.statements.forEach((s) => sameAs(all.find((sent) => sent.id === s.id), s))
    const one = await client.getStatements({ activity: `http://example.org/${run}/course/3` })
    assert.deepEqual(one.data.statements.map((s) => s.id), [batch[1].id])
  }],
  ['page', async () => {
    const ids = []
    let { data } = await client.getStatements({ agent: learner, limit: 3, ascending: true })
    for (let pages = 1; ; pages++) {
      ids.push(...data.statements.map((s) => s.id))
      if (!data.more) {
        assert.equal(pages, 3)
        break
      }
      assert.equal(data.statements.length, 3)
      data = (await client.getMoreStatements({ more: data.more })).data
    }
    assert.deepEqual(ids, all.map((s) => s.id))
  }],
  ['void', async () => {
    const { data } = await client.voidStatement({ actor: learner, statementId: single.id })
    assert.equal(data.length, 1)
    assert.equal(await status(client.getStatement({ statementId: single.id })), 404)
    sameAs(single, (await client.getVoidedStatement({ voidedStatementId: single.id })).data)
    const left = await client.getStatements({ agent: learner, verb: verb.id })
    // The voiding statement points to one that matches, so it is found too.
    assert.deepEqual(left.data.statements.map((s) => s.id), [data[0], ...newestFirst(batch.map((s) => s.id))])
  }],
  ['documents', async () => {
    const about = { agent: learner, activityId: `http://example.org/${run}/course` }
    const bookmark = { ...about, stateId: 'bookmark' }
    assert.equal(await status(client.getState(bookmark)), 404)
    assert.equal(await status(client.createState({ ...bookmark, state: { page: 1 } })), 204)
    assert.equal(await status(client.createState({ ...bookmark, state: { chapter: 2 } })), 204)
    const state = await client.getState(bookmark)
    assert.deepEqual(state.data, { page: 1, chapter: 2 })
    const etag = state.headers.etag
    assert.equal(await status(client.setState({ ...bookmark, state: { page: 3 }, etag, matchHeader: 'If-Match' })), 204)
    assert.equal(await status(client.setState({ ...bookmark, state: { page: 4 }, etag, matchHeader: 'If-Match' })), 412)
    assert.deepEqual((await client.getState(bookmark)).data, { page: 3 })
    assert.deepEqual((await client.getStates(about)).data, ['bookmark'])
    assert.equal(await status(client.deleteStates(about)), 204)
    assert.deepEqual((await client.getStates(about)).data, [])
    const profile = { activityId: about.activityId, profileId: 'texts' }
    assert.equal(await status(client.setActivityProfile({ ...profile, profile: { a: 1 }, etag: '*', matchHeader: 'If-None-Match' })), 204)
    assert.deepEqual((await client.getActivityProfile(profile)).data, { a: 1 })
    assert.deepEqual((await client.getActivityProfiles({ activityId: about.activityId })).data, ['texts'])
    const person = { agent: learner, profileId: 'xapi' }
    assert.equal(await status(client.createAgentProfile({ ...person, profile: { font: 'large' } })), 204)
    assert.deepEqual((await client.getAgentProfile(person)).data, { font: 'large' })
    assert.equal(await status(client.deleteAgentProfile({ ...person })), 204)
  }],
  ['refusals', async () => {
    assert.equal(await status(client.sendStatement({ statement: { ...single, verb: { id: 'http://example.org/other' } } })), 409)
    assert.equal(await status(client.sendStatement({ statement: { ...statement(8), verb: {} } })), 400)
    const stranger = new XAPI({ endpoint: endpoint + '/', auth: XAPI.toBasicAuth(key, 'wrong'), version: '1.0.3' })
    assert.equal(await status(stranger.getStatements()), 401)
  }]
])
