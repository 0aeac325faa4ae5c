// Times in the reader's zone, and what is left counting down. The page carries them in UTC.
const day = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' });
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'long' });

/** 1 h 05 min, 4 min, 59 s. */
export function span(ms) {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${String(minutes % 60).padStart(2, '0')} min`;
  return `${Math.floor(hours / 24)} days`;
}

function today(at) {
  return at.toDateString() === new Date().toDateString();
}

function show(element) {
  const at = new Date(element.dateTime);
  if (Number.isNaN(at.getTime())) return;
  const left = at - Date.now();
  const said = today(at) ? clock.format(at) : day.format(at);
  if (element.dataset.as === 'left') {
    element.textContent = left > 0 ? `${span(left)} left` : 'over';
    element.classList.toggle('soon', left > 0 && left < 5 * 60_000);
  } else if (element.dataset.as === 'ago') {
    element.textContent = left > 0 ? `in ${span(left)}` : `${span(-left)} ago`;
  } else {
    element.textContent = said;
  }
  element.title = exact.format(at);
}

export function showTimes(root) {
  for (const element of root.querySelectorAll('time[datetime]')) show(element);
}

setInterval(() => {
  for (const element of document.querySelectorAll('time[data-as]')) show(element);
}, 1000);
