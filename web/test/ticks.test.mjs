// One box ticks all others of its form.
import test from 'node:test';
import assert from 'node:assert/strict';
import { tickAll } from '../src/ticks.js';

/** A page with a box that ticks all named id, and these others in its form. */
function page(...others) {
  const label = { hidden: true };
  const box = { dataset: { tickAll: 'id' }, checked: false, closest: () => label };
  box.form = { elements: [box, ...others] };
  tickAll({ querySelectorAll: () => [box] });
  return { box, label };
}

const tick = (name = 'id', checked = false) => ({ type: 'checkbox', name, checked });

test('all with the name are ticked, and no others', () => {
  const [first, second, apart] = [tick(), tick(), tick('apart')];
  const { box, label } = page(first, second, apart, { type: 'text', name: 'id' });
  assert.equal(label.hidden, false);

  box.checked = true;
  box.onchange();

  assert.deepEqual([first.checked, second.checked, apart.checked], [true, true, false]);
});

test('it says whether all are ticked', () => {
  const [first, second] = [tick('id', true), tick()];
  const { box } = page(first, second);
  assert.equal(box.checked, false);

  second.checked = true;
  second.onchange();
  assert.equal(box.checked, true);

  first.checked = false;
  first.onchange();
  assert.equal(box.checked, false);
});

test('one is ticked by itself', () => {
  assert.equal(page(tick()).label.hidden, true);
});
