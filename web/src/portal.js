// What every page of the portal needs: times as the reader reads them, the command palette, questions before what hurts,
// and sections that follow what happens.
import htmx from 'htmx.org';
import 'htmx.org/dist/ext/hx-sse.js';
import { showTimes } from './times.js';
import { palette } from './palette.js';
import { follow } from './follow.js';
import { liveness } from './liveness.js';
import { tickAll } from './ticks.js';

window.htmx = htmx;

/** Asks before a form whose effect somebody will feel. */
function confirmations(root) {
  const dialog = document.getElementById('confirm');
  for (const form of root.querySelectorAll('form[data-confirm]')) {
    if (form.dataset.asks) continue;
    form.dataset.asks = '1';
    form.addEventListener('submit', (event) => {
      if (form.dataset.confirmed) return;
      event.preventDefault();
      dialog.querySelector('p').textContent = form.dataset.confirm;
      const button = dialog.querySelector('button[value=yes]');
      button.textContent = event.submitter?.textContent.trim() || 'Yes';
      button.className = event.submitter?.className || 'primary';
      dialog.onclose = () => {
        if (dialog.returnValue !== 'yes') return;
        form.dataset.confirmed = '1';
        form.requestSubmit(event.submitter);
      };
      dialog.returnValue = '';
      dialog.showModal();
    });
  }
}

/** A form that was sent is not sent twice, unless what it brings is a file. */
function once(root) {
  for (const form of root.querySelectorAll('form[method=post]:not([data-again])')) {
    if (form.dataset.once) continue;
    form.dataset.once = '1';
    form.addEventListener('submit', (event) => {
      if (event.defaultPrevented) return;
      if (form.dataset.sent) return event.preventDefault();
      form.dataset.sent = '1';
      form.setAttribute('aria-busy', 'true');
    });
  }
}

const PATIENCE = 300;

/** A form that asks says that the answer is being made, where that takes longer than a moment. */
function asking(root) {
  for (const form of root.querySelectorAll('form[method=get]')) {
    if (form.dataset.once) continue;
    form.dataset.once = '1';
    const note = document.createElement('span');
    note.setAttribute('role', 'status');
    note.className = 'quiet working';
    note.hidden = true;
    form.append(note);
    form.addEventListener('submit', () => {
      form.setAttribute('aria-busy', 'true');
      setTimeout(() => {
        note.hidden = false;
        note.textContent = 'Working on it …';
      }, PATIENCE);
    });
  }
}

function copies(root) {
  for (const button of root.querySelectorAll('button[data-copy]')) {
    button.hidden = !navigator.clipboard;
    button.onclick = async () => {
      await navigator.clipboard.writeText(button.dataset.copy);
      const said = button.textContent;
      button.textContent = 'Copied';
      setTimeout(() => (button.textContent = said), 1500);
    };
  }
}

const FILE_BYTES = 200 * 1024 * 1024;

/** What is sent of a file: all of it, or only the lines with these words; or why nothing is. */
async function taken(file, words, most) {
  if (file.size > FILE_BYTES) return { said: `${file.name} is larger than 200 MB: the command line takes it.` };
  const text = await file.text();
  const kept = words ? text.split('\n').filter((line) => line.includes(words)).join('\n') : text;
  if (kept.length > most) {
    return { said: `${file.name}: ${kept.length.toLocaleString()} characters (allowed: ${most.toLocaleString()}).` };
  }
  return kept ? { kept, said: '' } : { said: `${file.name} has ${words ? `no line with “${words.trim()}”` : 'nothing'} in it.` };
}

/** A file is read into the field beside it: what is sent is what one sees. */
function readFiles(root) {
  for (const input of root.querySelectorAll('input[type=file][data-into]')) {
    input.hidden = false;
    input.onchange = async () => {
      if (!input.files.length) return;
      const [file] = input.files;
      const field = input.form.elements[input.dataset.into];
      const before = field.value;
      const { kept = '', said } = await taken(file, input.dataset.lines, field.maxLength);
      if (input.files[0] !== file) return; // another was chosen meanwhile
      const typed = field.value !== before;
      if (!typed) field.value = kept;
      input.nextElementSibling.textContent = typed ? `${file.name} was not taken: something was typed meanwhile.` : said;
    };
  }
}

function enliven(root) {
  showTimes(root);
  confirmations(root);
  once(root);
  asking(root);
  copies(root);
  tickAll(root);
  readFiles(root);
  for (const input of root.querySelectorAll('input[data-zone]')) input.value = Intl.DateTimeFormat().resolvedOptions().timeZone;
}

document.addEventListener('htmx:after:swap', () => enliven(document));
// a page that comes back from the browser's memory may be sent again
addEventListener('pageshow', (event) => {
  if (!event.persisted) return;
  for (const form of document.forms) delete form.dataset.sent, form.removeAttribute('aria-busy');
  for (const note of document.querySelectorAll('.working')) note.hidden = true;
});
enliven(document);
palette(document);
// where a click decides, nothing moves under the pointer: the page says that there is something new
for (const note of document.querySelectorAll('[data-fresh]')) {
  for (const kind of note.dataset.fresh.split(' ')) {
    document.body.addEventListener(`sallyport:${kind}`, () => (note.hidden = false));
  }
}

document.body.addEventListener('htmx:after:request', ({ detail: { ctx } }) => {
  if (ctx.sourceElement.id !== 'follow') return;
  if (ctx.response.status >= 500) return again(ctx.sourceElement);
  const left = follow(document, new DOMParser().parseFromString(ctx.text, 'text/html'));
  document.getElementById('changed').hidden = !left;
  enliven(document);
});

// a page that does not hear what happens says so until it does again
const stale = document.getElementById('stale');
if (stale) {
  const line = liveness(Date.now());
  let connection;
  const known = ({ detail }) => (connection = detail.connection);
  document.body.addEventListener('htmx:sse:after:connection', known);
  document.body.addEventListener('htmx:sse:before:connection', (event) => {
    known(event);
    if (connection.attempt > 0) line.lost(Date.now());
  });
  document.addEventListener('visibilitychange', () => line.looked(Date.now()));
  setInterval(() => {
    line.said(connection?.lastEventId, Date.now());
    if (!document.hidden) stale.hidden = !line.stale(Date.now());
  }, 1000);
}

// what could not be loaded when something happened is loaded a little later: the network may be on its way back
function again(element) {
  const kind = /sallyport:\w+/.exec(element?.getAttribute('hx-trigger') ?? '');
  if (kind) setTimeout(() => htmx.trigger(document.body, kind[0]), 2000);
}

document.body.addEventListener('htmx:error', ({ detail }) => again(detail.ctx?.sourceElement));

const menu = document.querySelector('.menu');
menu?.addEventListener('click', () => menu.setAttribute('aria-expanded', String(menu.getAttribute('aria-expanded') !== 'true')));
