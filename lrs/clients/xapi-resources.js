// Documents, Agents, Activities and attachments through the library @xapi/xapi.
'use strict'

const { createHash, randomUUID } = require('node:crypto')
const { default: XAPI } = require('@xapi/xapi')
const { assert, endpoint, key, secret, run, learner, statement, sameAs, main } = require('./common')

const client = new XAPI({ endpoint: endpoint + '/', auth: XAPI.toBasicAuth(key, secret), version: '1.0.3' })
// What axios makes of a Blob under Node has another Content-Type than the library
// asked for, so files go the way that they go in a browser.
const fetching = new XAPI({ endpoint: endpoint + '/', auth: XAPI.toBasicAuth(key, secret), version: '1.0.3', adapter: 'fetch' })
const activityId = `http://example.org/${run}/documents`
const agent = { mbox: learner.mbox }

async function status (promise) {
  try {
    return (await promise).status
  } catch (problem) {
    return problem.status ?? problem.response?.status ?? Promise.reject(problem)
  }
}

// documents walks one kind of document through everything that the library
// offers for it. The profiles need a match header to be replaced, State does not.
function documents (name, place, id, value, needsMatch) {
  const list = name + 's'
  const at = (documentId) => ({ ...place, [id]: documentId })
  return [
    [`${name}: create, read, list`, async () => {
      assert.equal(await status(client[`get${name}`](at('first'))), 404)
      assert.equal(await status(client[`create${name}`]({ ...at('first'), [value]: { page: 1, seen: ['a'] } })), 204)
      const { data, headers } = await client[`get${name}`](at('first'))
      assert.deepEqual(data, { page: 1, seen: ['a'] })
      assert.match(headers.etag, /^"[^"]+"$/)
      assert.ok(headers['last-modified'])
      assert.deepEqual((await client[`get${list}`](place)).data, ['first'])
      assert.deepEqual((await client[`get${list}`]({ ...place, since: '2030-01-01T00:00:00Z' })).data, [])
    }],
    [`${name}: merge`, async () => {
      assert.equal(await status(client[`create${name}`]({ ...at('first'), [value]: { page: 2, more: { x: null } } })), 204)
      assert.deepEqual((await client[`get${name}`](at('first'))).data, { page: 2, seen: ['a'], more: { x: null } })
    }],
    [`${name}: replace, by version`, async () => {
      const { headers: { etag } } = await client[`get${name}`](at('first'))
      const replaced = { ...at('first'), [value]: { page: 3 } }
      assert.equal(await status(client[`set${name}`]({ ...replaced, etag: '"0000"', matchHeader: 'If-Match' })), 412)
      assert.equal(await status(client[`set${name}`]({ ...replaced, etag: '*', matchHeader: 'If-None-Match' })), 412)
      assert.equal(await status(client[`set${name}`]({ ...replaced, etag, matchHeader: 'If-Match' })), 204)
      const after = await client[`get${name}`](at('first'))
      assert.deepEqual(after.data, { page: 3 })
      assert.notEqual(after.headers.etag, etag)
      assert.equal(await status(client[`set${name}`]({ ...replaced, etag, matchHeader: 'If-Match' })), 412)
    }],
    [`${name}: other types`, async () => {
      const text = { ...at('second'), [value]: 'Grüße', contentType: 'text/plain' }
      assert.equal(await status(client[`set${name}`]({ ...text, etag: '*', matchHeader: 'If-None-Match' })), 204)
      const { data, headers } = await client[`get${name}`](at('second'))
      assert.equal(data, 'Grüße')
      assert.match(headers['content-type'], /^text\/plain/)
      // What is no JSON cannot be merged.
      assert.equal(await status(client[`create${name}`]({ ...at('second'), [value]: { page: 1 } })), 400)
      assert.deepEqual((await client[`get${list}`](place)).data.sort(), ['first', 'second'])
    }],
    [`${name}: delete`, async () => {
      const { headers: { etag } } = await client[`get${name}`](at('first'))
      assert.equal(await status(client[`delete${name}`]({ ...at('first'), etag: '"0000"' })), 412)
      assert.equal(await status(client[`delete${name}`]({ ...at('first'), etag })), 204)
      assert.equal(await status(client[`get${name}`](at('first'))), 404)
      assert.deepEqual((await client[`get${list}`](place)).data, ['second'])
    }],
    ...(needsMatch
      ? [[`${name}: not without looking`, async () => {
          const missing = { ...at('second'), [value]: {}, matchHeader: 'X-Nothing', etag: 'x' }
          assert.equal(await status(client[`set${name}`](missing)), 409)
        }]]
      : [])
  ]
}

const registration = randomUUID()
const content = Buffer.from('Zertifikat für Ada\n')
const sha2 = createHash('sha256').update(content).digest('hex')
const attached = {
  ...statement(1),
  attachments: [{
    usageType: XAPI.AttachmentUsages.CERTIFICATE_OF_COMPLETION,
    display: { de: 'Zertifikat' },
    contentType: 'text/plain',
    length: content.length,
    sha2
  }]
}

main('@xapi/xapi, resources', [
  ...documents('State', { agent, activityId, registration }, 'stateId', 'state', false),
  ['State: registrations are apart, delete many', async () => {
    const other = { agent, activityId, registration: randomUUID() }
    for (const stateId of ['a', 'b']) {
      assert.equal(await status(client.setState({ ...other, stateId, state: { stateId } })), 204)
    }
    assert.deepEqual((await client.getStates({ agent, activityId, registration })).data, ['second'])
    assert.equal(await status(client.deleteStates(other)), 204)
    assert.deepEqual((await client.getStates(other)).data, [])
    assert.deepEqual((await client.getStates({ agent, activityId, registration })).data, ['second'])
  }],
  ...documents('ActivityProfile', { activityId }, 'profileId', 'profile', true),
  ...documents('AgentProfile', { agent }, 'profileId', 'profile', true),
  ['attachments', async () => {
    const { data } = await fetching.sendStatement({ statement: attached, attachments: [new Uint8Array(content).buffer] })
    assert.deepEqual(data, [attached.id])
    sameAs(attached, (await client.getStatement({ statementId: attached.id })).data)
    const [got, file] = (await client.getStatement({ statementId: attached.id, attachments: true })).data
    sameAs(attached, got)
    assert.equal(file, content.toString().trim()) // the library trims
    const [page, again] = (await client.getStatements({ agent, attachments: true })).data
    assert.deepEqual(page.statements.map((s) => s.id), [attached.id])
    assert.equal(again, content.toString().trim())
  }],
  ['attachments that do not fit', async () => {
    const wrong = { ...attached, id: randomUUID() }
    await assert.rejects(fetching.sendStatement({ statement: wrong, attachments: [new TextEncoder().encode('else').buffer] }), /hash/)
    assert.equal(await status(client.getStatement({ statementId: wrong.id })), 404)
  }],
  ['Agents', async () => {
    const { data } = await client.getAgent({ agent })
    assert.equal(data.objectType, 'Person')
    assert.deepEqual(data.mbox, [learner.mbox])
    assert.deepEqual(data.name, [learner.name])
  }],
  ['Activities', async () => {
    const { data } = await client.getActivity({ activityId: attached.object.id })
    assert.deepEqual(data, attached.object)
  }]
])
