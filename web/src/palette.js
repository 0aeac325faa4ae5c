// Ctrl-K (or Cmd-K): every page, what one may ask for, whatever one may look up by its name, and any id, by typing a few
// letters. Pages are known here; the server says the rest, and only what one may see.
import { finder, keepMarked } from './finder.js';

const PAGES_MAX = 12;

function words(text) {
  return text.toLowerCase().split(/\s+/).filter(Boolean);
}

function matches(wanted, entry) {
  const lower = `${entry.kind} ${entry.text}`.toLowerCase();
  return wanted.every((word) => lower.includes(word));
}

export function palette(document) {
  const dialog = document.getElementById('palette');
  if (!dialog) return;
  const input = dialog.querySelector('input');
  const list = dialog.querySelector('[role=listbox]');
  const pages = [...document.querySelectorAll('#nav a')].map((link) => ({
    text: link.dataset.name || link.textContent.trim(), href: link.href, kind: 'page',
  }));
  let found = [];
  let foundFor = '';
  let shown = [];
  let at = 0;

  const find = finder(
    async (question, signal) => {
      const answer = await fetch(`${dialog.dataset.offers}?q=${encodeURIComponent(question)}`, {
        headers: { Accept: 'application/json' }, signal,
      });
      return answer.ok ? (await answer.json()).items : undefined;
    },
    (items, question) => {
      foundFor = question;
      found = items.map((item) => ({ ...item, href: new URL(item.href, document.baseURI).href }));
      // what is marked already stays so
      render(shown[at]);
    },
  );

  function render(marked) {
    const typed = input.value.trim();
    const wanted = words(typed);
    const now = [
      ...pages.filter((entry) => matches(wanted, entry)).slice(0, PAGES_MAX),
      // the server finds by more than what is shown, such as what a role says about itself
      ...found.filter((entry) => typed === foundFor || matches(wanted, entry)),
    ];
    // the server knows where each kind of id leads
    if (/^[a-z]{3}_[0-9a-z]{26}$/.test(typed)) {
      now.unshift({ text: typed, href: `${dialog.dataset.base}/id/${typed}`, kind: 'open' });
    }
    ({ list: shown, at } = keepMarked(now, marked, at));
    list.replaceChildren(
      ...shown.map((entry, index) => {
        const option = document.createElement('a');
        option.href = entry.href;
        option.setAttribute('role', 'option');
        option.id = `palette-${index}`;
        option.tabIndex = -1;
        const kind = document.createElement('span');
        kind.className = 'kind';
        kind.textContent = entry.kind;
        option.append(entry.text, kind);
        return option;
      }),
    );
    mark();
  }

  function mark() {
    [...list.children].forEach((option, index) => option.setAttribute('aria-selected', String(index === at)));
    input.setAttribute('aria-activedescendant', shown.length ? `palette-${at}` : '');
    list.children[at]?.scrollIntoView({ block: 'nearest' });
  }

  function open() {
    input.value = '';
    render();
    dialog.showModal();
    find('');
  }

  input.addEventListener('input', () => {
    render();
    find(input.value.trim());
  });
  input.addEventListener('keydown', (event) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      at = (at + (event.key === 'ArrowDown' ? 1 : -1) + shown.length) % Math.max(1, shown.length);
      mark();
    } else if (event.key === 'Enter') {
      event.preventDefault();
      if (shown[at]) location.href = shown[at].href;
    }
  });
  document.addEventListener('keydown', (event) => {
    if (event.key.toLowerCase() === 'k' && (event.ctrlKey || event.metaKey) && !event.altKey) {
      event.preventDefault();
      dialog.open ? dialog.close() : open();
    }
  });
  document.getElementById('open-palette')?.addEventListener('click', open);
}
