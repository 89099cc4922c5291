'use strict'
// Uploads with drag and drop and with a bar that shows how far they are. Without
// it, the form is sent as it is.
for (const form of document.querySelectorAll('form.upload')) {
  const target = form.querySelector('.target')
  const input = form.querySelector('input[type=file]')
  const button = form.querySelector('button')
  const outcome = form.querySelector('.outcome')
  const panel = form.querySelector('.progress')
  const bar = panel.querySelector('progress')
  const step = panel.querySelector('p')
  const figures = panel.querySelector('.figures')
  const chosen = form.querySelector('.chosen')
  const words = form.dataset
  const number = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1 })
  const mega = (n) => number.format(n / 1e6)

  const show = (text, done, total) => {
    if (step.textContent !== text) step.textContent = text
    bar.value = total ? 100 * done / total : 0
    figures.textContent = total ? mega(done) + ' / ' + mega(total) + ' MB' : ''
  }

  const say = (html) => {
    panel.hidden = true
    button.disabled = false
    input.disabled = false
    outcome.innerHTML = html
    outcome.focus()
  }

  const lost = () => {
    const p = document.createElement('p')
    p.textContent = words.lost
    p.className = 'wrong'
    say(p.outerHTML)
  }

  const send = (file) => {
    outcome.replaceChildren()
    chosen.textContent = file.name
    panel.hidden = false
    button.disabled = true
    input.disabled = true
    show(words.sending, 0, file.size)
    const request = new XMLHttpRequest()
    let read = 0
    // Each line of the answer is one step; the last one says what became of it.
    const lines = () => {
      const all = request.responseText.split('\n')
      for (; read < all.length - 1; read++) {
        const line = JSON.parse(all[read])
        if (line.total) show(words.checking, line.done, line.total)
        else if (line.location) window.location.assign(line.location)
        else if (line.html !== undefined) say(line.html)
        if (line.location || line.html !== undefined) request.over = true
      }
    }
    request.upload.onprogress = (e) => show(words.sending, e.loaded, e.total)
    request.upload.onload = () => show(words.checking, 0, 0)
    request.onprogress = () => { if (request.status === 200) lines() }
    request.onload = () => {
      if (request.status === 200) lines()
      if (!request.over) lost()
    }
    request.onerror = lost
    request.open('POST', form.action)
    request.setRequestHeader('Content-Type', 'application/zip')
    request.setRequestHeader('Accept', 'application/x-ndjson')
    request.setRequestHeader('X-Lernspur-Guard', words.guard)
    request.send(file)
  }

  input.addEventListener('change', () => { chosen.textContent = input.files.length ? input.files[0].name : '' })
  form.addEventListener('submit', (e) => {
    if (!input.files.length) return
    e.preventDefault()
    send(input.files[0])
  })
  target.addEventListener('dragover', (e) => {
    e.preventDefault()
    target.classList.add('over')
  })
  target.addEventListener('dragleave', () => target.classList.remove('over'))
  target.addEventListener('drop', (e) => {
    e.preventDefault()
    target.classList.remove('over')
    if (button.disabled) return
    if (e.dataTransfer.files.length !== 1) {
      const p = document.createElement('p')
      p.textContent = words.one
      p.className = 'wrong'
      say(p.outerHTML)
      return
    }
    send(e.dataTransfer.files[0])
  })
}

// Lists: a bar shows how far the file is, and the page that answers takes the place of
// this one.
for (const form of document.querySelectorAll('form.file')) {
  const button = form.querySelector('button')
  const panel = form.querySelector('.progress')
  const bar = panel.querySelector('progress')
  const step = panel.querySelector('p')
  const say = (text, share) => {
    step.textContent = text
    if (share === undefined) bar.removeAttribute('value')
    else bar.value = 100 * share
  }
  form.addEventListener('submit', (e) => {
    e.preventDefault()
    const request = new XMLHttpRequest()
    panel.hidden = false
    button.disabled = true
    say(form.dataset.sending, 0)
    const lost = () => {
      button.disabled = false
      say(form.dataset.lost, 0)
    }
    request.upload.onprogress = (p) => { if (p.lengthComputable) say(form.dataset.sending, p.loaded / p.total) }
    request.upload.onload = () => say(form.dataset.checking)
    request.onload = () => {
      if (request.responseURL !== form.action) {
        window.location.assign(request.responseURL)
        return
      }
      const page = new DOMParser().parseFromString(request.responseText, 'text/html')
      const main = page.querySelector('main')
      if (!main) return lost()
      document.querySelector('main').replaceWith(main)
      document.querySelector('.wrong[role=alert]')?.focus()
    }
    request.onerror = lost
    request.open('POST', form.action)
    request.setRequestHeader('X-Lernspur-Guard', form.dataset.guard)
    request.send(new FormData(form))
  })
}
