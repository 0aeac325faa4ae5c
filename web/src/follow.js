// Pages that follow what happens: what has changed is shown anew; where somebody is at work it is left as it is.

function changed(field) {
  if (field.type === 'hidden') return false;
  if (field.type === 'checkbox' || field.type === 'radio') return field.checked !== field.defaultChecked;
  if (field.options) {
    const usual = [...field.options].findIndex((option) => option.defaultSelected);
    return field.selectedIndex !== Math.max(0, usual);
  }
  return field.value !== field.defaultValue;
}

/** Whether somebody types there, is about to press something, or has sent it. */
function atWork(part, page) {
  if (!part.querySelector('form')) return false;
  return part.matches(':hover') || part.contains(page.activeElement) || page.querySelector('dialog[open]') !== null
    || part.querySelector('form[aria-busy]') !== null || [...part.querySelectorAll('input, textarea, select')].some(changed);
}

/**
 * Takes from the page as it is now what is another than what is shown.
 *
 * @returns whether something has changed that was left
 */
export function follow(page, now) {
  let left = false;
  for (const part of page.querySelectorAll('[data-part]')) {
    const next = now.querySelector(`[data-part="${part.dataset.part}"]`);
    if (next?.dataset.state === part.dataset.state) continue;
    if (!next || atWork(part, page)) left = true;
    else part.replaceWith(page.importNode(next, true));
  }
  return left;
}
