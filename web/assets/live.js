'use strict'
// Shows what comes in without loading the page anew. It can be paused; how much has
// come is said, politely, rather than every line read out.
{
  const box = document.querySelector('[data-news]')
  const list = box.querySelector('ol')
  const status = box.querySelector('[role=status]')
  const button = box.querySelector('button')
  const words = box.dataset
  const most = 200
  let after = words.after
  let running = true
  let asking = false
  let timer

  const say = (text) => { status.textContent = text }
  const later = (milliseconds) => {
    clearTimeout(timer)
    if (running && !document.hidden) timer = setTimeout(look, milliseconds)
  }

  const add = (news) => {
    const fresh = document.createElement('template')
    fresh.innerHTML = news.html
    list.prepend(fresh.content)
    while (list.children.length > most && !list.lastElementChild.contains(document.activeElement)) list.lastElementChild.remove()
    box.querySelector('.empty')?.remove()
    say(news.text)
  }

  const look = async () => {
    if (asking) return
    asking = true
    let pause = Number(words.every)
    try {
      const address = words.news + (words.news.includes('?') ? '&' : '?') + 'after=' + after
      const answer = await fetch(address, { headers: { Accept: 'application/json' }, redirect: 'error' })
      if (answer.ok) {
        const news = await answer.json()
        if (running) {
          after = news.after
          if (news.count) add(news)
        }
      } else if (answer.status === 429 || answer.status === 503) {
        say(words.busy)
        pause *= 4
      } else {
        toggle()
        say(words.lost)
      }
    } catch {
      say(words.lost)
      pause *= 4
    }
    asking = false
    later(pause)
  }

  const toggle = () => {
    running = !running
    button.textContent = running ? words.pause : words.resume
    say(running ? words.running : words.paused)
    if (running) later(0)
    else clearTimeout(timer)
  }

  button.hidden = false
  button.addEventListener('click', toggle)
  document.addEventListener('visibilitychange', () => later(0))
  say(words.running)
  later(Number(words.every))
}
