// An AU that does what it does through the library @xapi/cmi5, in a window of
// which there is only the address.
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)
globalThis.XMLHttpRequest = require('xhr2')
globalThis.window = { location: new URL(process.env.LERNSPUR_LAUNCH) }

const { default: Cmi5 } = await import('./node_modules/@xapi/cmi5/dist/Cmi5.esm.js')

const refused = async (promise) => {
  try {
    await promise
  } catch (problem) {
    return problem.response?.status ?? problem.status
  }
  return 'nothing'
}

const au = new Cmi5()
await au.initialize()
assert.equal(au.launchData.launchMode, 'Normal')
assert.equal(au.launchData.masteryScore, 0.9)
await au.interactionTrueFalse('test', 'question', true, true, { en: 'Is it?' }, { en: 'Is it?' }, true, { start: new Date(Date.now() - 4000), end: new Date() })
await au.progress(50)
await au.pass(0.95)
assert.equal(await refused(au.pass(0.95)), 403)
assert.equal(await refused(au.fail(0.1)), 403)
await au.complete()
assert.equal(await refused(au.complete()), 403)
await au.terminate()
assert.equal(await refused(au.progress(60)), 403)
console.log('the AU is done')
