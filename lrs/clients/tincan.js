// Posts, reads, queries, pages and voids through the library tincanjs.
'use strict'

const TinCan = require('tincanjs')
const { assert, endpoint, key, secret, run, learner, verb, statement, sameAs, newestFirst, main } = require('./common')

// The library writes every failure to the console, the expected ones too.
TinCan.disableDebug()

const connect = (password) => new TinCan.LRS({ endpoint: endpoint + '/', username: key, password, allowFail: false, version: '1.0.1' })
const client = connect(secret)
const single = statement(1)
const batch = [2, 3, 4, 5, 6, 7].map(statement)
const all = [single, ...batch]

// call turns the library's callbacks into promises: it resolves to
// { status, body, value } and rejects only when there was no answer.
function call (method, ...args) {
  return documents.test(method) ? callDocument(method, ...args) : callOn(client, method, ...args)
}

// The calls for documents have their options last, and a value before them.
const documents = /State(Ids)?$|Profile/
function callDocument (method, key, about, value, more) {
  const save = method.startsWith('save')
  return new Promise((resolve, reject) => {
    const callback = (problem, result) => {
      const xhr = problem ? result : result?.status ? result : undefined
      if (problem && !xhr?.status) return reject(new Error(`no answer: ${problem}`))
      resolve({ status: xhr?.status ?? 200, body: xhr?.responseText, value: problem ? null : result })
    }
    const options = { ...about, ...more, callback }
    if (key === undefined) client[method](options)
    else if (save) client[method](key, value, options)
    else client[method](key, options)
  })
}

function callOn (lrs, method, subject, options = {}) {
  return new Promise((resolve, reject) => {
    const callback = (problem, result) => {
      const xhr = problem ? result : result?.xhr ?? result
      if (problem && !xhr?.status) return reject(new Error(`no answer: ${problem}`))
      resolve({ status: problem ? xhr.status : 200, body: xhr?.responseText, value: problem ? null : result })
    }
    if (subject === undefined) lrs[method]({ ...options, callback })
    else lrs[method](subject, { ...options, callback })
  })
}

const typed = (sent) => new TinCan.Statement(sent)
// Both as the library writes them, which is all it lets one see.
const plain = (got) => ({ ...got.asVersion('1.0.1'), stored: got.stored, version: got.version })
function same (sent, got) {
  sameAs(typed(sent).asVersion('1.0.1'), plain(got))
}

main('tincanjs', [
  ['put one', async () => {
    const { status } = await call('saveStatement', typed(single))
    assert.equal(status, 200)
  }],
  ['post many', async () => {
    const { status } = await call('saveStatements', batch.map(typed))
    assert.equal(status, 200)
  }],
  ['read one', async () => {
    const { value } = await call('retrieveStatement', single.id)
    assert.equal(value.id, single.id)
    same(single, value)
  }],
  ['query', async () => {
    const { value } = await call('queryStatements', undefined, { params: { agent: new TinCan.Agent(learner), verb: new TinCan.Verb(verb) } })
    assert.deepEqual(value.statements.map((s) => s.id), newestFirst(all.map((s) => s.id)))
    value.statements.forEach((s) => same(all.find((sent) => sent.id === s.id), s))
    const one = await call('queryStatements', undefined, { params: { activity: new TinCan.Activity({ id: `http://example.org/${run}/course/3` }) } })
    assert.deepEqual(one.value.statements.map((s) => s.id), [batch[1].id])
  }],
  ['page', async () => {
    const ids = []
    let { value } = await call('queryStatements', undefined, { params: { agent: new TinCan.Agent(learner), limit: 3, ascending: true } })
    for (let pages = 1; ; pages++) {
      ids.push(...value.statements.map((s) => s.id))
      if (!value.more) {
        assert.equal(pages, 3)
        break
      }
      assert.equal(value.statements.length, 3)
      value = (await call('moreStatements', undefined, { url: value.more })).value
    }
    assert.deepEqual(ids, all.map((s) => s.id))
  }],
  ['void', async () => {
    const voiding = typed({
      actor: learner,
      verb: { id: 'http://adlnet.gov/expapi/verbs/voided', display: { 'en-US': 'voided' } },
      object: { objectType: 'StatementRef', id: single.id }
    })
    assert.equal((await call('saveStatement', voiding)).status, 200)
    assert.equal((await call('retrieveStatement', single.id)).status, 404)
    same(single, (await call('retrieveVoidedStatement', single.id)).value)
    const { value } = await call('queryStatements', undefined, { params: { agent: new TinCan.Agent(learner), verb: new TinCan.Verb(verb) } })
    // The voiding statement points to one that matches, so it is found too.
    assert.deepEqual(value.statements.map((s) => s.id), [voiding.id, ...newestFirst(batch.map((s) => s.id))])
  }],
  ['documents', async () => {
    const about = { agent: new TinCan.Agent(learner), activity: new TinCan.Activity({ id: `http://example.org/${run}/course` }) }
    const json = { contentType: 'application/json' }
    assert.equal((await call('retrieveState', 'bookmark', about)).value, null)
    // It neither reads before it writes nor sends If-Match of itself.
    for (const page of [1, 2]) assert.equal((await call('saveState', 'bookmark', about, { page }, json)).status, 204)
    const { value: state } = await call('retrieveState', 'bookmark', about)
    assert.deepEqual(state.contents, { page: 2 })
    assert.equal((await call('saveState', 'bookmark', { ...about, method: 'POST' }, { chapter: 3 }, json)).status, 204)
    assert.deepEqual((await call('retrieveState', 'bookmark', about)).value.contents, { page: 2, chapter: 3 })
    assert.equal((await call('saveState', 'bookmark', { ...about, lastSHA1: state.etag }, { page: 4 }, json)).status, 412)
    const bare = TinCan.Utils.getSHA1String('{"page":2,"chapter":3}')
    assert.equal((await call('saveState', 'bookmark', { ...about, lastSHA1: bare }, { page: 4 }, json)).status, 204)
    assert.deepEqual((await call('retrieveStateIds', undefined, about)).value, ['bookmark'])
    assert.equal((await call('dropState', null, about)).status, 204)
    assert.deepEqual((await call('retrieveStateIds', undefined, about)).value, [])
    // For profiles it sends If-None-Match: * of itself.
    assert.equal((await call('saveActivityProfile', 'texts', { activity: about.activity }, 'Grüße')).status, 204)
    assert.equal((await call('saveActivityProfile', 'texts', { activity: about.activity }, 'later')).status, 412)
    assert.equal((await call('retrieveActivityProfile', 'texts', { activity: about.activity })).value.contents, 'Grüße')
    assert.equal((await call('saveAgentProfile', 'wishes', { agent: about.agent }, { font: 'large' }, json)).status, 204)
    assert.deepEqual((await call('retrieveAgentProfile', 'wishes', { agent: about.agent })).value.contents, { font: 'large' })
    assert.deepEqual((await call('retrieveAgentProfileIds', undefined, { agent: about.agent })).value, ['wishes'])
  }],
  ['refusals', async () => {
    const other = await call('saveStatement', typed({ ...single, verb: { id: 'http://example.org/other' } }))
    assert.equal(other.status, 409)
    const bad = await call('saveStatement', typed({ ...statement(8), actor: { mbox: 'nobody' } }))
    assert.equal(bad.status, 400)
    assert.ok(JSON.parse(bad.body).violations.length > 0)
    assert.equal((await callOn(connect('wrong'), 'queryStatements', undefined, { params: {} })).status, 401)
  }]
])
