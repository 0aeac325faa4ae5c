// Watches an open session: asks for what it has shown since, again and again, and puts it into a terminal.
import { allowStyles, screen } from './screen.js';

const COLUMNS_MAX = 500;
const ROWS_MAX = 200;

const place = document.getElementById('watch');
allowStyles(place.dataset.nonce);

const status = document.getElementById('watch-status');
const terminals = new Map();

function clamped(frame) {
  return { cols: Math.min(frame.columns || 80, COLUMNS_MAX), rows: Math.min(frame.rows || 24, ROWS_MAX) };
}

function terminal(frame) {
  let known = terminals.get(frame.channel);
  if (!known) {
    const box = document.createElement('div');
    box.className = 'terminal';
    place.append(box);
    known = screen({
      ...clamped(frame),
      disableStdin: true,
      cursorBlink: false,
      convertEol: !frame.columns,
    });
    known.open(box);
    terminals.set(frame.channel, known);
  }
  const { cols, rows } = clamped(frame);
  if (frame.columns && (known.cols !== cols || known.rows !== rows)) known.resize(cols, rows);
  return known;
}

function bytes(base64) {
  return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
}

const pictured = new Set();
let begun = false; // the pictures that one began with are there

/** What was there before one began comes once; one for somebody else who begins is nothing new. */
function show(frame) {
  const known = terminals.has(frame.channel);
  if (frame.picture && (pictured.has(frame.channel) || (begun && known))) return;
  const shown = terminal(frame);
  if (frame.picture) {
    pictured.add(frame.channel);
    shown.reset();
  }
  shown.write(bytes(frame.output));
}

/** How long it is tried to come back: as long as a terminal is. */
const TRY_FOR = 55_000;

/** Waits, or until the network is back. */
function pause(millis) {
  return new Promise((resolve) => {
    const timer = setTimeout(done, millis);
    function done() {
      clearTimeout(timer);
      removeEventListener('online', done);
      resolve();
    }
    addEventListener('online', done);
  });
}

function stopped() {
  status.textContent = 'Watching has stopped: load the page again.';
  status.className = 'badge';
}

async function follow() {
  let after = Number(place.dataset.after);
  let awaySince = 0;
  for (;;) {
    try {
      const answer = await fetch(`${place.dataset.frames}?after=${after}`, { headers: { Accept: 'application/json' } });
      // a watch that has lapsed wants a reason again
      if ([400, 403, 404].includes(answer.status)) return stopped();
      if (!answer.ok) throw new Error(String(answer.status));
      const { frames, after: last, open } = await answer.json();
      awaySince = 0;
      after = last;
      const pictures = frames.some((frame) => frame.picture);
      for (const frame of frames) {
        try {
          show(frame);
        } catch (e) {
          console.error('a frame cannot be shown', e);
        }
      }
      begun ||= pictures;
      status.textContent = open ? 'Live' : 'The session has ended.';
      status.className = open ? 'badge live' : 'badge';
      if (!open) return;
    } catch (e) {
      awaySince ||= Date.now();
      const away = Date.now() - awaySince;
      if (away > TRY_FOR) {
        return stopped();
      }
      status.textContent = 'Connecting again …';
      status.className = 'badge wait';
      await pause(Math.min(500 + away / 4, 3000));
    }
  }
}

follow();

// What is sent or paused from here leaves the page as it is: coming back would ask for a reason again.
const steer = document.getElementById('steer');
let steered = 0;
steer?.addEventListener('submit', async (event) => {
  event.preventDefault();
  const button = event.submitter;
  const said = document.getElementById('steered');
  const mine = ++steered;
  const sent = steer.elements.text.value;
  try {
    const answer = await fetch(button?.hasAttribute('formaction') ? button.formAction : steer.action, {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(new FormData(steer)),
    });
    // what was done leads to a page that says so; whoever is signed out lands elsewhere
    const done = answer.ok && new URL(answer.url).searchParams.has('said');
    if (done && steer.elements.text.value === sent) steer.elements.text.value = ''; // what is typed meanwhile stays
    if (mine !== steered) return;
    said.textContent = done ? `${button?.textContent ?? 'Send'}: done.` : 'That was refused: load the page again to see why.';
  } catch {
    if (mine === steered) said.textContent = 'The server cannot be reached now.';
  }
});
