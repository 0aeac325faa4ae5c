// Plays a recording: any speed, skipping what is idle, from a moment on; the list of commands jumps into it.
import * as AsciinemaPlayer from 'asciinema-player';

const place = document.getElementById('player');
const status = document.getElementById('player-status');

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

async function play() {
  say('Fetching the recording and checking that it is whole …');
  const data = await recording();
  const player = AsciinemaPlayer.create({ data }, place, {
    idleTimeLimit: place.dataset.skip ? Number(place.dataset.skip) : undefined,
    startAt: Number(place.dataset.from || 0),
    poster: `npt:${Number(place.dataset.from || 0) || 1}`,
    fit: 'width',
    terminalFontFamily: 'ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace',
    theme: 'sallyport',
    markers: JSON.parse(place.dataset.markers || '[]'),
  });
  say('');
  return player;
}

let player;
try {
  player = await play();
} catch (e) {
  say(`This recording cannot be shown: ${e.message}`);
}

for (const link of document.querySelectorAll('[data-jump]')) {
  link.addEventListener('click', async (event) => {
    event.preventDefault();
    await player?.seek(Number(link.dataset.jump));
    player?.play();
    place.scrollIntoView({ block: 'start' });
  });
}
document.getElementById('share')?.addEventListener('click', async (event) => {
  const moment = new URL(place.dataset.link, location.href);
  moment.searchParams.set('t', String(Math.floor((await player?.getCurrentTime()) ?? 0)));
  await navigator.clipboard?.writeText(moment.href);
  event.target.textContent = 'Link copied';
});
