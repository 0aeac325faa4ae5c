// Recordings as asciicast: the times of their events, and the text that was shown.

// What terminals obey and nobody reads: CSI, OSC and other escape sequences, and control characters but for line ends.
// eslint-disable-next-line no-control-regex
const UNREAD = /\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[@-_]|[\x00-\x09\x0b-\x1f\x7f]/g;

/** The events of a cast of version 2 or 3, each with the second at which it happened. */
export function events(cast) {
  const lines = cast.split('\n');
  const relative = JSON.parse(lines[0]).version === 3;
  const found = [];
  let at = 0;
  for (const line of lines.slice(1)) {
    if (!line.startsWith('[')) continue;
    const [time, code, data] = JSON.parse(line);
    at = relative ? at + time : time;
    found.push({ at, code, data });
  }
  return found;
}

/**
 * Tells the time of a recording in the player's time and back. The player cuts pauses to a limit and counts what it shows;
 * commands, links and people mean the seconds since the session began. Without a limit both are the same.
 */
export function clock(all, limit) {
  const happened = [0];
  const shown = [0];
  for (const event of all) {
    const gap = event.at - happened[happened.length - 1];
    happened.push(event.at);
    shown.push(shown[shown.length - 1] + Math.min(gap, limit || Infinity));
  }
  const translate = (from, to, most) => (time) => {
    let low = 0;
    let high = from.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (from[middle] <= time) low = middle;
      else high = middle - 1;
    }
    return to[low] + Math.min(Math.max(0, time - from[low]), most);
  };
  return { toShown: translate(happened, shown, limit || Infinity), toHappened: translate(shown, happened, Infinity) };
}

/** Where a text was shown, whatever its case: the second, and the line around it; at most so many. */
export function search(all, wanted, most = 50) {
  const query = wanted.toLowerCase();
  if (!query) return [];
  let text = '';
  const places = [];
  for (const event of all) {
    if (event.code !== 'o') continue;
    places.push({ from: text.length, at: event.at });
    text += event.data.replace(UNREAD, '');
  }
  const lower = text.toLowerCase();
  const found = [];
  let place = 0;
  for (let i = lower.indexOf(query); i >= 0 && found.length < most; i = lower.indexOf(query, i + query.length)) {
    while (place + 1 < places.length && places[place + 1].from <= i) place += 1;
    const start = text.lastIndexOf('\n', i) + 1;
    const end = text.indexOf('\n', i);
    found.push({ at: places[place].at, line: text.slice(start, end < 0 ? undefined : end).trim().slice(0, 200) });
  }
  return found;
}
