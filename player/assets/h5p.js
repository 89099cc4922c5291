'use strict'
// The page around H5P content: shows it, listens to what it says, and brings that
// to the server together with what content keeps.
//
// Every event has a number in its session, and every message one of its own: what
// comes twice is taken once. While the page closes browsers allow a beacon only,
// which is small.

const setup = JSON.parse(document.getElementById('setup').textContent)
const words = setup.words
const frame = document.getElementById('content')
const leaving = document.getElementById('exit')

const BEACON_LIMIT = 60000 // of all beacons together, in bytes
const STATEMENT_LIMIT = 65536
const BATCH = 100 // events in a message
const QUEUE_LIMIT = 2000 // events that wait
const SAVE_SECONDS = 10

let session = null
let messages = 0
let count = 0 // events so far
let events = [] // that the server does not have yet
let kept = {} // by sub-content, then by name: JSON
let change = 0 // counts changes of kept
let saved = 0 // the change that the server has
let sending = null
let closing = false
let over = false
let begun = false

function say (text) { document.getElementById('status').textContent = text || '' }

function size (text) { return new Blob([text]).size }

// batch is what the next message has; bytes bounds its events.
function batch (ends, bytes, withData) {
  const now = performance.now()
  const m = { session, commit: ++messages, events: [], ends }
  let room = bytes
  for (const e of events.slice(0, BATCH)) {
    room -= e.size + 60
    if (room < 0 && m.events.length > 0) break
    m.events.push({ n: e.n, age: Math.round(now - e.at), statement: e.statement })
  }
  if (withData && change !== saved) m.state = kept
  return m
}

function due () { return !over && session !== null && (events.length > 0 || change !== saved) }

// flush sends until the server has everything; it answers the same promise to all
// who ask meanwhile.
function flush () {
  if (!sending) sending = send().finally(() => { sending = null })
  return sending
}

async function send () {
  let wait = 1000
  while (due() && !closing) {
    const m = batch(false, 500000, true)
    const at = change
    const { status, after } = await post(JSON.stringify(m))
    switch (true) {
      case status === 200:
        taken(m, at)
        wait = 1000
        say('')
        continue
      case status === 409 || status === 410 || status === 404:
        over = true
        say(status === 409 ? words.elsewhere : words.gone)
        return
      case status === 413 && m.state !== undefined:
        saved = at
        say(words.toolarge)
        continue
      case status !== 0 && status !== 429 && status < 500:
        // What the server does not understand once it never will.
        taken(m, saved)
        continue
    }
    if (status !== 429) say(words.unsaved)
    await new Promise((resolve) => setTimeout(resolve, Math.max(wait, after * 1000)))
    wait = Math.min(wait * 2, 60000)
  }
}

function taken (m, at) {
  const last = m.events.at(-1)
  if (last) events = events.filter((e) => e.n > last.n)
  if (m.state !== undefined) saved = at
}

async function post (text) {
  try {
    const response = await fetch(address(), { method: 'POST', body: text, keepalive: size(text) < BEACON_LIMIT, headers: { 'Content-Type': 'text/plain;charset=UTF-8' } })
    return { status: response.status, after: Number(response.headers.get('Retry-After')) || 0 }
  } catch (e) {
    return { status: 0, after: 0 }
  }
}

function address () { return setup.run + 'events?item=' + encodeURIComponent(setup.item) }

// beacons send what is left while the page closes: events first.
function beacons () {
  if (over || session === null || !setup.keeps) return
  let ended = false
  while (due() || !ended) {
    const withData = events.length <= BATCH
    const m = batch(true, BEACON_LIMIT / 2, withData)
    let text = JSON.stringify(m)
    if (m.state !== undefined && size(text) > BEACON_LIMIT) { delete m.state; text = JSON.stringify(m) }
    if (!navigator.sendBeacon(address(), new Blob([text], { type: 'text/plain;charset=UTF-8' }))) return
    ended = true
    const before = events.length
    taken(m, change)
    if (m.state === undefined && events.length === before) return
  }
}

function heard (event) {
  const statement = event && event.data && event.data.statement
  if (!statement || !setup.keeps || over) return
  let text
  try { text = JSON.stringify(statement) } catch (e) { return }
  const bytes = size(text)
  if (bytes > STATEMENT_LIMIT || events.length >= QUEUE_LIMIT) { console.warn('a statement of the content is too much and left out'); return }
  // Content may change it afterwards.
  events.push({ n: ++count, at: performance.now(), size: bytes, statement: JSON.parse(text) })
  soon()
}

function soon () {
  if (closing) beacons()
  else setTimeout(flush, 50)
}

// keeper has what content keeps, for its frame.
const keeper = {
  get (part, name) { const all = kept[part || 0]; return all && all[name] },
  set (part, name, text) {
    const all = kept[part || 0] || (kept[part || 0] = {})
    if (all[name] === text) return
    if (text === undefined) delete all[name]
    else all[name] = text
    change++
    if (setup.keeps) soon()
  }
}

async function start () {
  if (begun) return
  begun = true
  say(words.loading)
  const opened = await fetch(setup.run + 'open?item=' + encodeURIComponent(setup.item), { method: 'POST' })
  if (!opened.ok) {
    say(opened.status === 410 || opened.status === 404 ? words.gone : words.notOpened)
    return
  }
  const answer = await opened.json()
  session = answer.session
  kept = answer.state || {}
  const inner = frame.contentWindow
  inner.userData = keeper
  inner.document.documentElement.lang = setup.language
  await new inner.H5PStandalone.H5P(inner.document.getElementById('h5p'), {
    id: setup.course,
    h5pJsonPath: setup.content.replace(/\/$/, ''),
    frameJs: setup.assets + 'h5p/frame.bundle.js',
    frameCss: setup.assets + 'h5p/styles/h5p.css',
    customJs: [setup.assets + 'h5p/userdata.js'],
    title: setup.title,
    metadata: { title: setup.title, license: 'U', defaultLanguage: setup.language },
    xAPIObjectIRI: setup.activity,
    contentUserData: kept,
    saveFreq: SAVE_SECONDS,
    user: { name: setup.learner, mail: '' },
    reportingIsEnabled: true,
    fullScreen: true,
    icon: false,
    translations: { H5P: setup.core }
  })
  inner.document.querySelector('iframe.h5p-iframe').title = setup.title
  // Content begins after this: its frame has yet to load what it needs.
  inner.H5P.externalDispatcher.on('xAPI', heard)
  say('')
}

// leave closes the content, so that it can keep what it wants to, and brings
// everything to the server.
async function leave () {
  leaving.disabled = true
  await new Promise((resolve) => {
    const done = () => { clearTimeout(timer); frame.removeEventListener('load', done); resolve() }
    const timer = setTimeout(done, 3000)
    frame.addEventListener('load', done)
    frame.src = 'about:blank'
  })
  const tooLong = new Promise((resolve) => setTimeout(resolve, 15000))
  await Promise.race([flush(), tooLong])
  if (over) return
  if (due()) { say(words.unsaved); leaving.disabled = false; return }
  frame.hidden = true
  beacons()
  over = true
  say(words.finished)
  if (setup.returnUrl) window.location.assign(setup.returnUrl)
}

function broken (error) {
  console.error(error)
  say(words.notOpened)
}

leaving.addEventListener('click', leave)
window.addEventListener('pagehide', () => { closing = true; beacons() })
window.addEventListener('pageshow', () => { closing = false; if (due()) flush() })
function ready () { if (frame.contentWindow.H5PStandalone) start().catch(broken) }
frame.addEventListener('load', ready)
ready()
