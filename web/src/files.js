// Files of the target beside a terminal: a folder to look into, one file up or down at a time.

const said = document.getElementById('files-said');

function say(words, look = '') {
  said.textContent = words;
  said.className = look;
}

async function refused(answer) {
  const problem = await answer.json().catch(() => ({}));
  return problem.detail || `The server answered ${answer.status}.`;
}

function beside(folder, name) {
  return folder.endsWith('/') ? folder + name : `${folder}/${name}`;
}

export function files(base, csrf) {
  const panel = document.getElementById('files');
  const opener = document.getElementById('terminal-files');
  const go = document.getElementById('files-go');
  const up = document.getElementById('files-up');
  const list = document.getElementById('files-list');
  let here = '';
  let asked = 0;
  let reading = false;
  let typing = false; // what somebody types meanwhile stays as it is

  async function fetched(path) {
    const answer = await fetch(`${base}/files?${new URLSearchParams({ path })}`, { headers: { Accept: 'application/json' } });
    return answer.ok ? { folder: await answer.json() } : { refusal: await refused(answer) };
  }

  async function look(path) {
    const mine = ++asked;
    reading = true;
    say('Reading …');
    const { folder, refusal } = await fetched(path).catch(() => ({ refusal: 'The server cannot be reached.' }));
    if (mine !== asked) return; // somebody has gone on meanwhile
    reading = false;
    if (refusal) return say(refusal, 'bad');
    here = folder.path;
    if (!typing) go.elements.path.value = here;
    list.replaceChildren();
    if (here !== '/') row({ name: '..', folder: true });
    for (const entry of folder.entries) row(entry);
    say(folder.more ? `The first ${folder.entries.length} entries.` : folder.entries.length ? '' : 'This folder is empty.');
  }

  function row(entry) {
    const line = list.insertRow();
    const head = document.createElement('th');
    head.scope = 'row';
    line.append(head);
    const path = entry.name === '..' ? here.replace(/\/[^/]*$/, '') || '/' : beside(here, entry.name);
    if (entry.folder) {
      const button = document.createElement('button');
      button.type = 'button';
      button.className = 'link';
      button.textContent = `${entry.name}/`;
      button.onclick = () => {
        typing = false;
        look(path);
      };
      head.append(button);
    } else {
      const link = document.createElement('a');
      link.href = `${base}/file?${new URLSearchParams({ path })}`;
      link.download = entry.name;
      link.textContent = entry.name;
      head.append(link);
    }
    const size = line.insertCell();
    size.className = 'number';
    size.textContent = entry.folder ? '' : entry.bytes.toLocaleString();
    line.insertCell().textContent = entry.changed ? new Date(entry.changed).toLocaleString() : '';
  }

  async function send(file, replace) {
    say(`Sending ${file.name} …`);
    const into = here;
    const where = new URLSearchParams({ path: beside(into, file.name), replace: replace ? 'yes' : '' });
    const answer = await fetch(`${base}/file?${where}`, {
      method: 'POST',
      body: file,
      headers: { 'Content-Type': 'application/octet-stream', 'X-XSRF-TOKEN': csrf, Accept: 'application/json' },
    });
    if (!answer.ok) return say(await refused(answer), 'bad');
    // whoever has gone on to another folder meanwhile stays there
    if (!reading && here === into) await look(into);
    if (!reading) say(`${file.name} is in ${into}.`);
  }

  function toggle(open) {
    panel.hidden = !open;
    opener.setAttribute('aria-expanded', String(open));
    if (open) {
      look(here);
      panel.scrollIntoView({ block: 'nearest' });
    }
  }

  opener.onclick = () => toggle(panel.hidden);
  document.getElementById('files-close').onclick = () => toggle(false);
  go.elements.path.oninput = () => {
    typing = true;
  };
  go.onsubmit = (event) => {
    event.preventDefault();
    typing = false;
    look(go.elements.path.value);
  };
  up.onsubmit = (event) => {
    event.preventDefault();
    const [file] = up.elements.file.files;
    send(file, up.elements.replace.checked).catch(() => say('The connection broke off; the file may be there in part.', 'bad'));
  };
}
