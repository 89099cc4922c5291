'use strict'
// The page around a package of SCORM: opens its parts one after the other, each
// with a run-time API that was loaded before the content is.

const setup = JSON.parse(document.getElementById('setup').textContent)
const words = setup.words
const is2004 = setup.kind === 'scorm-2004'
const frame = document.getElementById('content')
const list = document.getElementById('items')
const buttons = { previous: document.getElementById('previous'), next: document.getElementById('next'), exit: document.getElementById('exit'), menu: document.getElementById('menu') }
const parts = setup.items.filter((i) => i.url)

// The library takes 64,000 characters; longer ones are kept beside it.
const LIBRARY_LIMIT = 64000
const LIMIT = 1000000

let current = null // the id of the part that is open
let delivery = 0 // counts openings, so that a late answer opens nothing
let api = null
let due = null // what sequencing wants to be opened
let finished = false // the content's session ended since it was last asked
let long = null // suspend_data beyond the library's limit
let over = false

function say (text) { document.getElementById('status').textContent = text || '' }

const transport = createTransport(setup, {
  saved () { if (!over) say('') },
  unsaved () { say(words.unsaved) },
  refused (status) { over = true; say(status === 409 ? words.elsewhere : status === 410 || status === 404 ? words.gone : words.toolarge) }
})

const service = {
  updateSettings () {},
  processHttpRequest (to, data, ends) {
    if (long !== null) data.cmi.suspend_data = long
    return transport.service.processHttpRequest(to, data, ends)
  }
}

const common = { lmsCommitUrl: setup.run + 'commit', httpService: service, autocommit: true, autocommitSeconds: 10, logLevel: 5, sendFullCommit: true }

function makeAPI () {
  if (!is2004) return new Scorm12API(common)
  return new Scorm2004API({
    ...common,
    sequencing: {
      activityTree: setup.tree,
      eventListeners: { onActivityDelivery (activity) { due = activity.id } }
    }
  })
}

// face hides the library from content but for the calls of the standard.
function face () {
  const get = (name) => is2004 ? api['lms' + ({ Terminate: 'Finish' }[name] || name)] : api['lms' + name]
  const set = function (element, value) {
    if (element !== 'cmi.suspend_data' || String(value).length <= LIBRARY_LIMIT) {
      const result = get('SetValue').call(api, element, value)
      if (element === 'cmi.suspend_data' && result === 'true') long = null
      return result
    }
    if (String(value).length > LIMIT) return get('SetValue').call(api, element, value)
    const result = get('SetValue').call(api, element, '')
    if (result === 'true') long = String(value)
    return result
  }
  const read = function (element) {
    const value = get('GetValue').call(api, element)
    return element === 'cmi.suspend_data' && long !== null && running() ? long : value
  }
  const names = {}
  for (const name of is2004 ? ['Initialize', 'Terminate', 'GetValue', 'SetValue', 'Commit', 'GetLastError', 'GetErrorString', 'GetDiagnostic']
    : ['Initialize', 'Finish', 'GetValue', 'SetValue', 'Commit', 'GetLastError', 'GetErrorString', 'GetDiagnostic']) {
    names[is2004 ? name : 'LMS' + name] = { SetValue: set, GetValue: read }[name] || get(name)
  }
  return surface(api, names, transport.session, after)
}

function after (name, result) {
  const call = name.replace(/^LMS/, '')
  if (call === 'Initialize' && result === 'true') {
    transport.session().begins = true
    service.processHttpRequest('', api.getCommitObject(false), false)
  }
  if ((call === 'Terminate' || call === 'Finish') && result === 'true') {
    finished = true
    mark()
    keepCourse()
    if (due !== null) setTimeout(deliver, 0)
  }
  if (call === 'SetValue' || call === 'Initialize' || finished) setTimeout(refresh, 0)
}

function running () { return api.isInitialized() && !api.isTerminated() }

function keepCourse () {
  transport.course({ item: current, sequencing: is2004 ? api.serializeSequencingState() : undefined })
}

// mark shows what the part said about itself.
function mark () {
  const item = setup.items.find((i) => i.id === current)
  if (!item) return
  const status = is2004 ? [api.cmi.success_status, api.cmi.completion_status] : [api.cmi.core.lesson_status]
  const known = status.find((s) => ['passed', 'failed', 'completed'].includes(s))
  if (known) item.done = known
  draw()
}

// deliver opens what is due.
async function deliver () {
  const id = due
  due = null
  if (id === null || over) return
  const item = setup.items.find((i) => i.id === id)
  if (!item || !item.url) { say(words.notOpened); return }
  const serial = ++delivery
  say(words.loading)
  let opened
  try {
    opened = await transport.open(id)
  } catch (e) {
    say(e.message === '410' || e.message === '404' ? words.gone : words.unsaved)
    return
  }
  if (serial !== delivery) return
  load(item, opened)
}

function load (item, opened) {
  current = item.id
  finished = false
  long = null
  delete window.API
  delete window.API_1484_11
  if (is2004) { api.reset() } else { api = makeAPI() }
  const data = opened.data
  if ((data['cmi.suspend_data'] || '').length > LIBRARY_LIMIT) {
    long = data['cmi.suspend_data']
    delete data['cmi.suspend_data']
  }
  api.loadFromFlattenedJSON(data)
  transport.begin(opened, item.id)
  if (item.sco) window[is2004 ? 'API_1484_11' : 'API'] = face()
  say('')
  // Before the address: some content reads the API while it loads.
  frame.src = /^https?:/.test(item.url) ? item.url : setup.content + item.url
  if (!item.sco) { item.done = item.done || 'completed' }
  keepCourse()
  refresh()
}

// leave closes what is open, so that content can store what it wants to.
function leave () {
  return new Promise((resolve) => {
    if (current === null) { resolve(); return }
    const done = () => { clearTimeout(timer); frame.removeEventListener('load', done); resolve() }
    const timer = setTimeout(done, 3000)
    frame.addEventListener('load', done)
    frame.src = 'about:blank'
  }).then(() => {
    if (current !== null && running()) window[is2004 ? 'API_1484_11' : 'API'][is2004 ? 'Terminate' : 'LMSFinish']('')
  })
}

// go asks for another part: continue, previous, choice with a target, suspendAll.
async function go (request, target) {
  for (const b of [buttons.previous, buttons.next]) b.disabled = true
  if (!is2004) {
    await leave()
    const at = parts.findIndex((i) => i.id === current)
    const to = request === 'choice' ? parts.find((i) => i.id === target) : parts[at + (request === 'continue' ? 1 : -1)]
    due = to ? to.id : null
    current = null
    if (due === null) say(words.choose)
    await deliver()
    draw()
    return
  }
  due = null
  const open = current !== null && running()
  finished = false
  if (open) api.adl.nav.request = target ? '{target=' + target + '}choice' : request
  await leave()
  if (!finished) api.processNavigationRequest(request, target)
  if (due !== null) { await deliver() } else if (current !== null) {
    if (request !== 'suspendAll') say(words.choose)
    current = null
    keepCourse()
  }
  refresh()
}

async function exit () {
  if (is2004) { await go('suspendAll') } else { await leave() }
  delivery++
  over = true
  frame.hidden = true
  for (const b of document.querySelectorAll('button')) b.disabled = true
  say(words.finished)
  if (setup.returnUrl) window.location.assign(setup.returnUrl)
}

// allowed tells whether a move is possible; what nobody knows is tried.
function allowed (request) {
  if (over) return false
  const at = parts.findIndex((i) => i.id === current)
  const to = parts[at + (request === 'continue' ? 1 : -1)]
  if (!is2004) return at >= 0 && !!to && ready(to)
  if (current === null) return false
  // Before content begins, and once it has ended itself, sequencing foretells nothing.
  if (!running()) return !!to
  return api.previewNavigationRequest(request).outcome !== 'blocked'
}

function choosable (item) {
  if (over || !item.url) return false
  if (!is2004) return ready(item)
  const process = api.getSequencingService()?.getOverallSequencingProcess()
  if (!process || !process.predictChoiceEnabled || !running()) return true
  return item.id === current || process.predictChoiceEnabled(item.id)
}

// ready evaluates the prerequisites of SCORM 1.2: names of items, &, |, ~ and
// brackets. What is more than that holds nobody up.
function ready (item) {
  const text = item.prerequisites
  if (!text) return true
  const tokens = text.match(/[&|~()]|[^&|~()\s]+/g) || []
  let at = 0
  const any = () => { let v = all(); while (tokens[at] === '|') { at++; v = all() || v } return v }
  const all = () => { let v = one(); while (tokens[at] === '&') { at++; v = one() && v } return v }
  const one = () => {
    const t = tokens[at++]
    if (t === '~') return !one()
    if (t === '(') { const v = any(); at++; return v }
    const other = setup.items.find((i) => i.id === t)
    return !other || other.done === 'completed' || other.done === 'passed'
  }
  const value = any()
  return at === tokens.length ? value : true
}

function refresh () {
  buttons.next.disabled = !allowed('continue')
  buttons.previous.disabled = !allowed('previous')
  draw()
}

function draw () {
  const focused = document.activeElement?.dataset?.id
  list.replaceChildren(...setup.items.filter((i) => !i.hidden).map((item) => {
    const li = document.createElement('li')
    li.className = 'level' + Math.min(item.level, 3)
    const label = document.createElement(item.url ? 'button' : 'span')
    label.textContent = item.title || item.id
    if (!item.url) { label.className = 'group'; li.append(label); return li }
    label.type = 'button'
    label.dataset.id = item.id
    label.disabled = !choosable(item)
    if (item.id === current) label.setAttribute('aria-current', 'page')
    if (item.done) {
      const state = document.createElement('small')
      state.textContent = words[item.done]
      label.append(state)
    }
    label.addEventListener('click', () => { if (item.id !== current) go('choice', item.id) })
    li.append(label)
    return li
  }))
  if (focused) list.querySelector('[data-id="' + CSS.escape(focused) + '"]')?.focus()
}

function menu (show) {
  document.getElementById('contents').hidden = !show
  buttons.menu.setAttribute('aria-expanded', String(show))
}

async function start () {
  api = makeAPI()
  draw()
  const first = parts[0]?.id
  const kept = setup.course || {}
  if (!is2004) {
    due = setup.first === first && parts.some((i) => i.id === kept.item) ? kept.item : setup.first
    return deliver()
  }
  if (kept.sequencing && api.deserializeSequencingState(kept.sequencing)) {
    if (!api.processNavigationRequest('resumeAll') || due === null) {
      if (!kept.item || !api.processNavigationRequest('choice', kept.item) || due === null) api.processNavigationRequest('start')
    }
  } else if (setup.first === first || !api.processNavigationRequest('choice', setup.first)) {
    api.processNavigationRequest('start')
  }
  if (due === null) api.processNavigationRequest('choice', setup.first)
  if (due === null) { say(words.choose); menu(true); refresh(); return }
  return deliver()
}

buttons.next.addEventListener('click', () => go('continue'))
buttons.previous.addEventListener('click', () => go('previous'))
buttons.exit.addEventListener('click', exit)
buttons.menu.addEventListener('click', () => menu(document.getElementById('contents').hidden))
window.addEventListener('pagehide', () => {
  if (current === null || over || !running()) return
  // Content that ends itself comes after this: it has the last word.
  service.processHttpRequest('', api.getCommitObject(false), false)
  if (is2004 && api.adl.nav.request === '_none_') api.adl.nav.request = 'suspendAll'
  keepCourse()
})
menu(parts.length > 1 && window.innerWidth > 704)
start()
