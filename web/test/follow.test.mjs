import assert from 'node:assert/strict';
import test from 'node:test';
import { follow } from '../src/follow.js';

/** A part of a page, with the fields of its form if it has one. */
function part(name, state, { form = false, fields = [], hover = false } = {}) {
  return {
    dataset: { part: name, state },
    matches: () => hover,
    contains: (element) => fields.includes(element),
    querySelector: (selector) => (selector === 'form' && form ? {} : null),
    querySelectorAll: () => fields,
    replaceWith(next) { this.replaced = next; },
  };
}

function page(...parts) {
  return {
    activeElement: null,
    importNode: (node) => node,
    querySelectorAll: () => parts,
    querySelector: (selector) => parts.find((each) => selector === `[data-part="${each.dataset.part}"]`) ?? null,
  };
}

test('only what has changed is shown anew', () => {
  const [facts, doing] = [part('facts', 'a'), part('doing', 'b', { form: true })];
  const now = page(part('facts', 'c'), part('doing', 'b', { form: true }));

  assert.equal(follow(page(facts, doing), now), false);

  assert.equal(facts.replaced.dataset.state, 'c');
  assert.equal(doing.replaced, undefined);
});

test('a form in which nobody is at work is shown anew', () => {
  const doing = part('doing', 'a', { form: true, fields: [{ value: '', defaultValue: '' }] });

  assert.equal(follow(page(doing), page(part('doing', 'b'))), false);

  assert.equal(doing.replaced.dataset.state, 'b');
});

const atWork = {
  'something was typed': { fields: [{ value: 'because', defaultValue: '' }] },
  'something was ticked': { fields: [{ type: 'checkbox', checked: true, defaultChecked: false }] },
  'something was chosen': { fields: [{ options: [{ defaultSelected: false }, { defaultSelected: false }], selectedIndex: 1 }] },
  'the pointer is there': { hover: true },
};
for (const [what, how] of Object.entries(atWork)) {
  test(`a form stays when ${what}, and the facts follow`, () => {
    const [facts, doing] = [part('facts', 'a'), part('doing', 'a', { form: true, ...how })];

    assert.equal(follow(page(facts, doing), page(part('facts', 'b'), part('doing', 'b'))), true);

    assert.equal(facts.replaced.dataset.state, 'b');
    assert.equal(doing.replaced, undefined);
  });
}

test('a choice as it was made by the page is none of the reader', () => {
  const doing = part('doing', 'a', { form: true, fields: [{ options: [{ defaultSelected: false }, {}], selectedIndex: 0 }] });

  assert.equal(follow(page(doing), page(part('doing', 'b'))), false);
});

test('a page that shows nothing of it any more is not taken for one', () => {
  const facts = part('facts', 'a');

  assert.equal(follow(page(facts), page()), true);

  assert.equal(facts.replaced, undefined);
});
