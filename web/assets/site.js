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

// What is wrong with a field belongs to it, for whoever does not see the page.
for (const wrong of document.querySelectorAll('.field .bad')) {
  const field = wrong.parentElement.querySelector('input, select, textarea')
  wrong.id = field.id + '-bad'
  field.setAttribute('aria-invalid', 'true')
  field.setAttribute('aria-describedby', ((field.getAttribute('aria-describedby') || '') + ' ' + wrong.id).trim())
}

// What went wrong with a form is read out and looked at first.
document.querySelector('.wrong[role=alert]')?.focus()
