// Asks the server what there is while one types: once one pauses, and only the answer to the newest question counts.

/**
 * @param ask a question and a signal that it is no longer wanted; a promise of what was found, or of nothing where it failed
 * @param tell what was found, and for which question: the newest one alone
 */
export function finder(ask, tell, pause = 150) {
  let newest = 0;
  let timer;
  let before;
  return (question) => {
    const mine = ++newest;
    clearTimeout(timer);
    before?.abort();
    before = new AbortController();
    const { signal } = before;
    timer = setTimeout(async () => {
      const found = await ask(question, signal).catch(() => undefined);
      if (mine === newest && found) tell(found, question);
    }, question ? pause : 0);
  };
}

/**
 * A list that is shown anew, with what is marked in it still there and still marked.
 *
 * @returns the list and the place of the mark
 */
export function keepMarked(list, marked, place) {
  if (!marked) return { list, at: 0 };
  const at = list.findIndex((entry) => entry.href === marked.href);
  if (at >= 0) return { list, at };
  const where = Math.min(place, list.length);
  return { list: [...list.slice(0, where), marked, ...list.slice(where)], at: where };
}
