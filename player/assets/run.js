'use strict'
// The way of run-time data to the server, and the API that content sees.
//
// Commits go synchronously, as the standards want the answer of a commit to be
// true. While a page closes browsers allow a beacon only, which is small: then
// only what changed goes, and the log stays behind.

const BEACON_LIMIT = 60000 // bytes; browsers refuse more than 64 KiB, however few characters they are

function size (text) { return new Blob([text]).size }

function createTransport (setup, on) {
  let session = null
  let closing = false
  let unsure = null // the last commit of which nobody knows whether it arrived
  window.addEventListener('pagehide', () => { closing = true })
  window.addEventListener('beforeunload', () => { closing = true; setTimeout(() => { closing = false }, 0) })

  function begin (opened, item) {
    session = { id: opened.session, item, commit: 0, begins: false, said: new Set(), log: [], suspend: null, last: null }
    return session
  }

  function url (s) { return setup.run + 'commit?item=' + encodeURIComponent(s.item) }

  function body (s, data, ends, small) {
    const message = { session: s.id, commit: s.commit, begins: s.begins, ends, data: { cmi: data.cmi, adl: data.adl }, said: [...s.said].filter((name) => /(score\.max|session_time)$/.test(name)) }
    if (!small) message.log = s.log
    if (small && s.suspend !== null && data.cmi.suspend_data === s.suspend) {
      message.data.cmi = { ...data.cmi, suspend_data: '' }
      message.keep = ['cmi.suspend_data']
    }
    return JSON.stringify(message)
  }

  function sent (s, data) {
    s.suspend = data.cmi.suspend_data ?? null
    s.log = []
    unsure = null
    on.saved()
  }

  // post tells whether the server has it: 0 means that nobody knows.
  function post (s, text) {
    const request = new XMLHttpRequest()
    try {
      request.open('POST', url(s), false)
      request.setRequestHeader('Content-Type', 'text/plain;charset=UTF-8')
      request.send(text)
    } catch (e) {
      return 0
    }
    return request.status
  }

  function beacon (s, data, ends) {
    let text = body(s, data, ends, false)
    if (size(text) > BEACON_LIMIT) text = body(s, data, ends, true)
    return navigator.sendBeacon(url(s), new Blob([text], { type: 'text/plain;charset=UTF-8' }))
  }

  // again tries a commit until the server has it; later ones overtake it.
  function again (s, text, wait) {
    const commit = s.commit
    setTimeout(async () => {
      if (s.commit !== commit || unsure?.s !== s || unsure.commit !== commit) return
      const status = await background(s, text)
      if (status === 200) { if (unsure?.commit === commit) unsure = null; on.saved() }
      else if (status === 0 || status >= 500) { on.unsaved(); again(s, text, Math.min(wait * 2 + 1000, 60000)) }
      else if (session === s) on.refused(status)
    }, wait)
  }

  async function background (s, text) {
    try {
      return (await fetch(url(s), { method: 'POST', body: text, keepalive: size(text) < BEACON_LIMIT, headers: { 'Content-Type': 'text/plain;charset=UTF-8' } })).status
    } catch (e) {
      return 0
    }
  }

  // settle waits until the server has the last commit of what was left: opening
  // something before would make it come too late.
  async function settle () {
    for (let i = 0; unsure && i < 3; i++) {
      const { s, text } = unsure
      const status = await background(s, text)
      if (status !== 0 && status < 500) unsure = null
      else await new Promise((resolve) => setTimeout(resolve, 1000))
    }
  }

  const service = {
    updateSettings () {},
    processHttpRequest (to, data, ends) {
      const s = session
      if (!s) return { result: 'false', errorCode: 391 }
      s.commit++
      if (!closing) {
        const text = body(s, data, ends, false)
        const status = post(s, text)
        if (status === 200) {
          sent(s, data)
          return { result: 'true', errorCode: 0 }
        }
        if (status === 409 || status === 410) {
          on.refused(status)
          return { result: 'false', errorCode: 391 }
        }
        if (status !== 0) on.unsaved()
        // Where a part of the page closes nothing waits for an answer, and status
        // is 0. It is sent behind the page's back then, and again until the server
        // has it: it takes each commit once.
        unsure = { s, text, commit: s.commit }
        again(s, text, status === 0 ? 0 : 1000)
        return ends || status === 0 ? { result: 'true', errorCode: 0 } : { result: 'false', errorCode: 391 }
      }
      return beacon(s, data, ends) ? { result: 'true', errorCode: 0 } : { result: 'false', errorCode: 391 }
    }
  }

  function course (state) {
    const text = JSON.stringify(state)
    const to = setup.run + 'course'
    if (closing && navigator.sendBeacon(to, new Blob([text], { type: 'text/plain;charset=UTF-8' }))) return
    fetch(to, { method: 'POST', body: text, keepalive: size(text) < BEACON_LIMIT, headers: { 'Content-Type': 'text/plain;charset=UTF-8' } }).catch(() => {})
  }

  async function open (item) {
    await settle()
    const response = await fetch(setup.run + 'open?item=' + encodeURIComponent(item), { method: 'POST' })
    if (!response.ok) throw new Error(String(response.status))
    return response.json()
  }

  return { begin, service, course, open, session: () => session }
}

// surface is the API as content sees it: every call goes to the library and into
// the log.
function surface (api, names, session, after) {
  const face = {}
  for (const [name, inner] of Object.entries(names)) {
    face[name] = function (...args) {
      const s = session()
      let result = ''
      try {
        result = inner.apply(api, args)
      } finally {
        if (s) {
          const code = String(api.lastErrorCode ?? '0')
          const call = { at: Date.now(), call: name, result: short(result) }
          if (args[0]) call.element = short(args[0])
          if (args[1] !== undefined) call.value = short(args[1])
          if (code !== '0') call.error = code
          s.log.push(call)
          if (s.log.length > 300) s.log.shift()
          if (/SetValue$/.test(name) && String(result) === 'true') s.said.add(String(args[0]))
        }
      }
      after(name, result)
      return result
    }
  }
  return face
}

function short (value) {
  const text = String(value)
  return text.length > 120 ? text.slice(0, 120) + '…' : text
}
