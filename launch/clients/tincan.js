// Content of Tin Can that finds everything in its address, through the library
// tincanjs.
'use strict'

const assert = require('node:assert/strict')
const TinCan = require('tincanjs')

TinCan.disableDebug()

const content = new TinCan({ url: process.env.LERNSPUR_LAUNCH })
const call = (run) => new Promise((resolve) => run((problem, result) => resolve({ problem, result })))

async function main () {
  assert.equal(content.recordStores.length, 1)
  assert.equal(content.recordStores[0].endpoint.slice(-1), '/')
  const statement = { verb: { id: 'http://adlnet.gov/expapi/verbs/completed' }, target: { id: content.activity.id }, result: { completion: true } }
  const sent = await call((done) => content.sendStatement(statement, (list) => done(list[0].err, list[0].xhr)))
  assert.equal(sent.problem, null)
  await call((done) => content.setState('bookmark', 'page 3', { callback: done }))
  const state = await call((done) => content.getState('bookmark', { callback: done }))
  assert.equal(state.result.contents, 'page 3')
  const other = { ...statement, actor: { mbox: 'mailto:x@example.org' } }
  const refused = await call((done) => content.sendStatement(other, (list) => done(list[0].err, list[0].xhr)))
  assert.equal(refused.problem, 403)
  console.log('the content is done')
}

main().catch((problem) => {
  console.error(problem)
  process.exit(1)
})
