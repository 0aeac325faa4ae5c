// A terminal that one types into: a WebSocket carries bytes both ways, and is made again when the network was away.
import { FitAddon } from '@xterm/addon-fit';
import { allowStyles, screen } from './screen.js';
import { files } from './files.js';

const SILENCE = 40_000;
const PIECE = 16 * 1024;
const TRY_FOR = 55_000;

const place = document.getElementById('terminal');
const status = document.getElementById('terminal-status');
const said = document.getElementById('terminal-said');
const filesButton = document.getElementById('terminal-files'); // where the role allows files
allowStyles(place.dataset.nonce);

const terminal = screen({ cursorBlink: true, screenReaderMode: false });
const fit = new FitAddon();
terminal.loadAddon(fit);
terminal.open(place);
fit.fit();

let socket;
let shown = 0; // place in the output after what was given to the terminal
let seen = 0; // what the server knows that we have shown
let over = false;
let awaySince = 0;
let heard = 0;

function show(words, look) {
  status.textContent = words;
  status.className = `badge ${look}`;
}

function tell(what) {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(what));
}

function acknowledge(at) {
  if (at - seen < 16 * 1024 && at !== shown) return;
  seen = at;
  tell({ seen: at });
}

function finish(sentence) {
  over = true;
  show('Ended', '');
  said.textContent = sentence;
  said.hidden = false;
  terminal.options.disableStdin = true;
  terminal.options.cursorBlink = false;
  document.getElementById('terminal-again').hidden = false;
  if (filesButton) filesButton.hidden = true;
}

let replaying = false; // what is shown again asks nothing of us a second time

const heardOf = {
  begins({ place: at, upto }) {
    if (at !== shown) terminal.write('', () => terminal.reset());
    shown = at;
    replayedTo = upto;
    replaying = at < upto;
  },
  open() {
    show('Live', 'live');
    awaySince = 0;
    if (filesButton) filesButton.hidden = false;
    tell({ resize: [terminal.cols, terminal.rows] });
  },
  alive() {},
  ended({ sentence }) {
    finish(sentence);
  },
};

let replayedTo = 0;
let timer;

function connect() {
  clearTimeout(timer);
  timer = undefined;
  const before = socket;
  socket = undefined;
  before?.close();
  const address = new URL(`${place.dataset.base}/socket`, location.href);
  address.protocol = address.protocol.replace('http', 'ws');
  address.search = new URLSearchParams({ columns: terminal.cols, rows: terminal.rows, from: shown });
  const made = new WebSocket(address);
  made.binaryType = 'arraybuffer';
  socket = made;
  heard = Date.now();
  made.onmessage = ({ data }) => {
    if (made !== socket) return;
    heard = Date.now();
    if (typeof data === 'string') {
      const message = JSON.parse(data);
      heardOf[message.type]?.(message);
      return;
    }
    const bytes = new Uint8Array(data);
    shown += bytes.length;
    const at = shown;
    terminal.write(bytes, () => {
      if (at >= replayedTo) replaying = false;
      acknowledge(at);
    });
  };
  made.onclose = ({ code, reason }) => {
    if (made !== socket || over) return;
    if (code === 4000) return finish(reason);
    again();
  };
}

function again() {
  if (timer) return;
  awaySince ||= Date.now();
  const away = Date.now() - awaySince;
  if (away > TRY_FOR) return finish('The connection was lost for too long.');
  show('Connecting again …', 'wait');
  timer = setTimeout(connect, Math.min(200 + away / 4, 3000));
}

// a network that has gone without a word
setInterval(() => {
  if (over || timer || Date.now() - heard < SILENCE) return;
  const lost = socket;
  socket = undefined;
  lost?.close();
  again();
}, 2000);

addEventListener('online', () => {
  if (!over && timer) connect();
});

// somebody is here: what a program makes the terminal answer by itself is not that
let usedAt = 0;
for (const kind of ['keydown', 'paste', 'pointerdown']) {
  place.addEventListener(
    kind,
    (event) => {
      if (!event.isTrusted || Date.now() - usedAt < 60_000) return;
      usedAt = Date.now();
      tell({ used: true });
    },
    true,
  );
}

// what is pasted types no control characters, so that it cannot end its own brackets
place.addEventListener(
  'paste',
  (event) => {
    event.preventDefault();
    event.stopPropagation();
    const text = event.clipboardData.getData('text/plain');
    terminal.paste(text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g, ''));
  },
  true,
);

const encoder = new TextEncoder();

function type(bytes) {
  if (over || replaying || socket?.readyState !== WebSocket.OPEN) return;
  for (let at = 0; at < bytes.length; at += PIECE) socket.send(bytes.subarray(at, at + PIECE));
}

terminal.onData((text) => type(encoder.encode(text)));
terminal.onBinary((text) => type(Uint8Array.from(text, (char) => char.charCodeAt(0))));
terminal.onResize(({ cols, rows }) => tell({ resize: [cols, rows] }));
new ResizeObserver(() => fit.fit()).observe(place);

terminal.attachCustomKeyEventHandler((event) => {
  if (event.type !== 'keydown' || !event.ctrlKey || !event.shiftKey) return true;
  if (event.code === 'KeyC' && terminal.hasSelection()) {
    navigator.clipboard?.writeText(terminal.getSelection());
    event.preventDefault();
    return false;
  }
  if (event.code === 'Escape') {
    (filesButton ?? document.querySelector('main form button')).focus();
    return false;
  }
  // pasting is the browser's own: Ctrl-Shift-V
  return event.code !== 'KeyV';
});

if (filesButton) files(place.dataset.base, place.dataset.csrf);
connect();
terminal.focus();
