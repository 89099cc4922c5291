'use strict'
// What pages do beyond plain HTML. Everything works without it.
document.documentElement.classList.add('scripted')

// Forms that cannot be undone ask first.
document.addEventListener('submit', (e) => {
  const question = e.target.dataset.ask
  if (question && !window.confirm(question)) e.preventDefault()
})

// Buttons that copy a field.
document.addEventListener('click', async (e) => {
  const button = e.target.closest('button[data-copy]')
  if (!button) return
  const field = document.getElementById(button.dataset.copy)
  field.select()
  try {
    await navigator.clipboard.writeText(field.value)
  } catch {
    if (!document.execCommand('copy')) return
  }
  button.textContent = button.dataset.copied
})

// What went wrong with a form is read out and looked at first.
document.querySelector('.wrong[role=alert]')?.focus()
