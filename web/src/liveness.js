// Whether a page still hears what happens. The server says something every fifteen seconds, under an id that is another each
// time; what has been lost is looked for again at once, and found again within a second or two when the server is there.

const AGAIN = 5_000;
const SILENCE = 40_000;

export function liveness(begun) {
  let heard = begun;
  let lost = begun; // nothing is connected yet
  let last = '';
  return {
    /** The connection has ended, and is made again. */
    lost(now) {
      lost ??= now;
    },
    /** The id of what was said last. */
    said(id, now) {
      if (!id || id === last) return;
      last = id;
      heard = now;
      lost = null;
    },
    /** Somebody looks again at a page that was in the background, where nothing is told. */
    looked(now) {
      heard = now;
      if (lost !== null) lost = now;
    },
    stale(now) {
      return (lost !== null && now - lost > AGAIN) || now - heard > SILENCE;
    },
  };
}
