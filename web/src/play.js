// Plays a recording: any speed, skipping what is idle, from a moment on; the list of commands and what is searched for jump
// into it. A long one comes in parts, of which the player holds one. All times but the player's own are seconds since the
// session began.
import * as AsciinemaPlayer from 'asciinema-player';
import { clock, events, since } from './cast.js';

const place = document.getElementById('player');
const status = document.getElementById('player-status');
const tools = document.getElementById('player-tools');
const speed = document.getElementById('speed');
const skip = document.getElementById('skip');
const found = document.getElementById('found');
const parts = document.getElementById('parts');

function say(text) {
  status.textContent = text;
  status.hidden = !text;
}

const fields = (more) => ({
  method: 'POST',
  headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
  body: new URLSearchParams({ _csrf: place.dataset.csrf, reason: place.dataset.reason, ...more }),
});

async function refused(answer) {
  const problem = await answer.json().catch(() => ({}));
  return Object.assign(new Error(problem.detail || `the server answered ${answer.status}`), problem);
}

/** The part that shows a moment, and where the parts begin. */
async function recording(at, attempts = 15) {
  const answer = await fetch(place.dataset.cast, fields({ at: Math.floor(at * 1000) }));
  if (answer.ok) {
    const starts = (answer.headers.get('Sallyport-Recording-Parts') ?? '0').split(' ').map((ms) => ms / 1000);
    return { cast: await answer.text(), starts };
  }
  const problem = await refused(answer);
  if (problem.code === 'recording.not-there' && attempts > 0) {
    say('The session has just ended; its recording is being stored …');
    await new Promise((resolve) => setTimeout(resolve, 1000));
    return recording(at, attempts - 1);
  }
  throw problem;
}

let data;
let all = [];
let starts = [0];
let part = 0;
let times;
let player;
let asked = 0;

const partAt = (at) => starts.findLastIndex((start) => start <= at);

/** Fetches the part that shows a moment, unless it is the one that is there. */
async function load(at) {
  if (data && partAt(at) === part) return true;
  const number = ++asked;
  say(data ? 'Fetching this part of the recording …' : 'Fetching the recording and checking that it is whole …');
  const { cast, starts: known } = await recording(at);
  if (number !== asked) return false; // another moment was wanted meanwhile
  data = cast;
  starts = known;
  part = partAt(at);
  all = events(data);
  drawParts();
  say('');
  return true;
}

/** Shows it from a second of the session on. */
function show(from) {
  const limit = skip.checked ? Number(place.dataset.skip) : undefined;
  times = clock(all, limit, starts[part]);
  player?.dispose();
  player = AsciinemaPlayer.create({ data: since(data, starts[part]) }, place, {
    idleTimeLimit: limit,
    speed: Number(speed.value),
    startAt: times.toShown(from),
    poster: `npt:${times.toShown(Math.max(from, starts[part] + 1))}`,
    fit: 'width',
    terminalFontFamily: 'ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace',
    theme: 'sallyport',
    markers: JSON.parse(place.dataset.markers || '[]')
      .filter(([at]) => partAt(at) === part)
      .map(([at, label]) => [times.toShown(at), label]),
  });
  if (part + 1 < starts.length) player.addEventListener('ended', () => jump(starts[part + 1]));
}

const written = (seconds) => {
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, Math.floor(seconds) % 60];
  return `${h ? `${h}:` : ''}${String(m).padStart(h ? 2 : 1, '0')}:${String(s).padStart(2, '0')}`;
};

/** Of a long recording: where its parts are, each as wide as it is long. */
function drawParts() {
  parts.hidden = starts.length < 2;
  const end = Math.max(Number(place.dataset.length), all.at(-1)?.at ?? 0, starts.at(-1) + 1);
  parts.replaceChildren(
    ...starts.map((start, i) => {
      const button = document.createElement('button');
      button.type = 'button';
      button.textContent = written(start);
      button.title = `Part ${i + 1} of ${starts.length}, from ${written(start)} to ${written(starts[i + 1] ?? end)}`;
      button.setAttribute('aria-label', button.title);
      if (i === part) button.setAttribute('aria-current', 'true');
      button.style.flexGrow = String((starts[i + 1] ?? end) - start);
      button.addEventListener('click', () => jump(start));
      return button;
    }),
  );
}

async function now() {
  return times.toHappened((await player.getCurrentTime()) ?? 0);
}

async function jump(at) {
  const before = part;
  try {
    if (!(await load(at))) return;
  } catch (e) {
    return failed(e);
  }
  if (part === before) await player.seek(times.toShown(at));
  else show(at);
  player.play();
  place.scrollIntoView({ block: 'start' });
}

function failed(e) {
  say(`This recording cannot be shown: ${e.message}`);
}

/** The same place with other settings. */
async function again() {
  show(await now());
  player.play();
}

try {
  const from = Number(place.dataset.from || 0);
  await load(from);
  show(from);
  tools.hidden = false;
} catch (e) {
  failed(e);
}

for (const link of document.querySelectorAll('[data-jump]')) {
  link.addEventListener('click', (event) => {
    event.preventDefault();
    if (player) jump(Number(link.dataset.jump));
  });
}
speed.addEventListener('change', again);
skip.addEventListener('change', again);

function showFound(hits) {
  found.replaceChildren(
    ...hits.map((hit) => {
      const item = document.createElement('li');
      const link = document.createElement('a');
      const line = document.createElement('code');
      link.href = '#player';
      link.append(`${written(hit.at)} `, line);
      line.textContent = hit.line;
      link.addEventListener('click', (click) => {
        click.preventDefault();
        jump(hit.at);
      });
      item.append(link);
      return item;
    }),
  );
}

let searches = 0;

document.getElementById('search').addEventListener('submit', async (event) => {
  event.preventDefault();
  const text = new FormData(event.target).get('text').trim();
  const none = document.getElementById('found-none');
  const number = ++searches;
  found.replaceChildren();
  none.hidden = true;
  if (!text) return;
  const answer = await fetch(place.dataset.find, fields({ text })).catch(() => undefined);
  const lines = answer?.ok ? await answer.text() : '';
  if (number !== searches) return;
  const hits = lines.split('\n').filter(Boolean).map((line) => JSON.parse(line));
  const more = hits.some((hit) => hit.more);
  showFound(hits.filter((hit) => !hit.more));
  none.hidden = found.childElementCount > 0 && !more;
  none.textContent = answer?.ok
    ? more ? 'These are the first: it was shown more often.' : 'It was not shown.'
    : `It cannot be searched now: ${answer ? (await refused(answer)).message : 'the server does not answer'}`;
});

document.getElementById('share').addEventListener('click', async (event) => {
  const moment = new URL(place.dataset.link, location.href);
  moment.searchParams.set('t', String(Math.floor(player ? await now() : 0)));
  await navigator.clipboard?.writeText(moment.href);
  event.target.textContent = 'Link copied';
});
