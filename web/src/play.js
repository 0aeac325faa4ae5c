// Plays a recording: any speed, skipping what is idle, from a moment on; the list of commands and what is searched for jump
// into it. All times but the player's own are seconds since the session began.
import * as AsciinemaPlayer from 'asciinema-player';
import { clock, events, search } from './cast.js';

const place = document.getElementById('player');
const status = document.getElementById('player-status');
const tools = document.getElementById('player-tools');
const speed = document.getElementById('speed');
const skip = document.getElementById('skip');
const found = document.getElementById('found');

function say(text) {
  status.textContent = text;
  status.hidden = !text;
}

async function recording(attempts = 15) {
  const answer = await fetch(place.dataset.cast, {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ _csrf: place.dataset.csrf, reason: place.dataset.reason }),
  });
  if (answer.ok) return answer.text();
  const problem = await answer.json().catch(() => ({}));
  if (problem.code === 'recording.not-there' && attempts > 0) {
    say('The session has just ended; its recording is being stored …');
    await new Promise((resolve) => setTimeout(resolve, 1000));
    return recording(attempts - 1);
  }
  throw new Error(problem.detail || `the server answered ${answer.status}`);
}

let data;
let all = [];
let times;
let player;

/** Shows it from a second of the session on. */
function show(from) {
  const limit = skip.checked ? Number(place.dataset.skip) : undefined;
  times = clock(all, limit);
  player?.dispose();
  player = AsciinemaPlayer.create({ data }, place, {
    idleTimeLimit: limit,
    speed: Number(speed.value),
    startAt: from,
    poster: `npt:${times.toShown(from || 1)}`,
    fit: 'width',
    terminalFontFamily: 'ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace',
    theme: 'sallyport',
    markers: JSON.parse(place.dataset.markers || '[]').map(([at, label]) => [times.toShown(at), label]),
  });
}

async function now() {
  return times.toHappened((await player.getCurrentTime()) ?? 0);
}

async function jump(at) {
  await player.seek(times.toShown(at));
  player.play();
  place.scrollIntoView({ block: 'start' });
}

/** The same place with other settings. */
async function again() {
  show(await now());
  player.play();
}

try {
  say('Fetching the recording and checking that it is whole …');
  data = await recording();
  all = events(data);
  show(Number(place.dataset.from || 0));
  tools.hidden = false;
  say('');
} catch (e) {
  say(`This recording cannot be shown: ${e.message}`);
}

for (const link of document.querySelectorAll('[data-jump]')) {
  link.addEventListener('click', (event) => {
    event.preventDefault();
    if (player) jump(Number(link.dataset.jump));
  });
}
speed.addEventListener('change', again);
skip.addEventListener('change', again);

document.getElementById('search').addEventListener('submit', (event) => {
  event.preventDefault();
  const hits = search(all, new FormData(event.target).get('text').trim());
  found.replaceChildren(
    ...hits.map((hit) => {
      const item = document.createElement('li');
      const link = document.createElement('a');
      const line = document.createElement('code');
      link.href = '#player';
      link.append(`${Math.floor(hit.at / 60)}:${String(Math.floor(hit.at % 60)).padStart(2, '0')} `, line);
      line.textContent = hit.line;
      link.addEventListener('click', (click) => {
        click.preventDefault();
        jump(hit.at);
      });
      item.append(link);
      return item;
    }),
  );
  document.getElementById('found-none').hidden = hits.length > 0;
});

document.getElementById('download').addEventListener('click', () => {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([data], { type: 'application/x-asciicast' }));
  link.download = `${place.dataset.session}.cast`;
  link.click();
  URL.revokeObjectURL(link.href);
});

document.getElementById('share').addEventListener('click', async (event) => {
  const moment = new URL(place.dataset.link, location.href);
  moment.searchParams.set('t', String(Math.floor(player ? await now() : 0)));
  await navigator.clipboard?.writeText(moment.href);
  event.target.textContent = 'Link copied';
});
