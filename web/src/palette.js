// Ctrl-K (or Cmd-K): every page, what one may ask for, and any id, by typing a few letters.
const ids = {
  req: 'requests', grt: 'grants', lse: 'leases', ssn: 'sessions', evt: 'audit', inc: 'incidents', rev: 'reviews', fnd: 'findings',
};

function matches(words, text) {
  const lower = text.toLowerCase();
  return words.every((word) => lower.includes(word));
}

export function palette(document) {
  const dialog = document.getElementById('palette');
  if (!dialog) return;
  const input = dialog.querySelector('input');
  const list = dialog.querySelector('[role=listbox]');
  const entries = [...document.querySelectorAll('#nav a')].map((link) => ({
    text: link.dataset.name || link.textContent.trim(), href: link.href, kind: 'page',
  }));
  let shown = [];
  let at = 0;
  let fetched = false;

  async function fetchOffers() {
    if (fetched) return;
    fetched = true;
    const answer = await fetch(dialog.dataset.offers, { headers: { Accept: 'application/json' } }).catch(() => ({ ok: false }));
    if (!answer.ok) return void (fetched = false);
    for (const offer of (await answer.json()).items) entries.push({ text: offer.text, href: offer.href, kind: 'ask' });
    // what is marked already stays so
    render(shown[at]?.href);
  }

  function render(marked) {
    const typed = input.value.trim();
    const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
    shown = entries.filter((entry) => matches(words, entry.text)).slice(0, 12);
    const id = /^([a-z]{3})_[0-9a-z]+$/i.exec(typed);
    if (id && ids[id[1]]) {
      shown.unshift({ text: typed, href: `${dialog.dataset.base}/${ids[id[1]]}/${encodeURIComponent(typed)}`, kind: 'open' });
    }
    at = Math.max(0, shown.findIndex((entry) => entry.href === marked));
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
    fetchOffers();
  }

  input.addEventListener('input', () => render());
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
