// Recordings as asciicast: the times of their events.

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
 * commands, links and people mean the seconds since the session began. What is played began at `start`.
 */
export function clock(all, limit, start = 0) {
  const happened = [start];
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

/** The same cast with its times from a second of it on: what plays it begins at 0. */
export function since(cast, start) {
  if (!start) return cast;
  return cast.replace(/^\[(\d+(?:\.\d+)?),/gm, (_, time) => `[${Math.max(0, time - start).toFixed(3)},`);
}
