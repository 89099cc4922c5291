'use strict'
// What CATAPULT's LMS test suite for cmi5 drives a Lernspur server with; how is in
// docs/packages.md. It is loaded from a checkout of the suite, whose libraries it uses.
const suite = (name) => require(require.resolve(name, { paths: [process.cwd(), process.cwd() + '/lib'] }))
const Wreck = suite('@hapi/wreck')
const { InvalidPackageError } = suite('./lib/errors')

const base = process.env.LERNSPUR_URL
const authorization = 'Basic ' + Buffer.from(process.env.LERNSPUR_KEY + ':' + process.env.LERNSPUR_SECRET).toString('base64')

const courses = {} // ids of the AUs of each course, in order
const created = []
let last = {} // the course and the registration of the launch before

const call = async (method, path, body, type = 'application/json') => {
  const answer = await Wreck.request(method, base + path, { headers: { Authorization: authorization, 'Content-Type': type }, payload: body })
  const text = (await Wreck.read(answer)).toString()
  return { status: answer.statusCode, text, body: text ? JSON.parse(text) : {} }
}

const succeed = ({ status, text, body }) => {
  if (status >= 300) throw new Error(status + ' ' + text)
  return body
}

const post = async (path, body) => succeed(await call('POST', '/api/v1/' + path, JSON.stringify(body)))

const aus = (items) => items.flatMap((item) => item.type === 'au' ? [item.id] : aus(item.items || []))

module.exports = {
  setup: async () => {},
  teardown: async () => {},
  getLrsEndpoint: () => base + '/xapi',
  getLrsAuthHeader: () => authorization,

  importCourse: async (stream, type) => {
    const parts = []
    for await (const part of stream) parts.push(part)
    const answer = await call('POST', '/api/v1/packages', Buffer.concat(parts), type)
    if (answer.status === 422 || answer.status === 415) throw new InvalidPackageError(answer.text)
    const { course, structure } = succeed(answer).package
    courses[course] = aus(structure)
    created.push(course)
    return course
  },

  getLaunchUrl: async (course, au, actor, { registration, launchMode }) => {
    registration = registration || (await post('registrations', { course, learner: { actor }, again: true })).id
    last = { course, registration }
    const mode = (launchMode || 'Normal').toLowerCase()
    return (await post('launches', { registration, item: courses[course][au], mode, returnUrl: base + '/healthz' })).link
  },

  cleanup: async () => {
    while (created.length > 0) succeed(await call('DELETE', '/api/v1/courses/' + created.pop()))
  },

  hasWaive: () => true,
  waiveAU: async (registration, au, reason) => { await post('registrations/' + registration + '/waive', { item: courses[last.course][au], reason }) },

  hasAbandon: () => true,
  abandonSession: async (session) => {
    const ended = (await post('registrations/' + last.registration + '/abandon', {})).session
    if (ended !== session) throw new Error('the session that was abandoned is ' + ended)
  }
}
