import assert from 'node:assert/strict';
import test from 'node:test';
import { clock, events, since } from '../src/cast.js';

const cast = (version, ...lines) => [JSON.stringify({ version }), ...lines.map((line) => JSON.stringify(line)), ''].join('\n');
const near = (actual, expected) => assert.ok(Math.abs(actual - expected) < 1e-9, `${actual} is not ${expected}`);

test('times of version 2 are seconds since the beginning, those of version 3 since the event before', () => {
  const two = events(cast(2, [1, 'o', 'a'], [11, 'o', 'b']));
  const three = events(cast(3, [1, 'o', 'a'], [10, 'o', 'b']));
  assert.deepEqual(two, three);
  assert.deepEqual(two.map((event) => event.at), [1, 11]);
});

test('a pause that is cut short is found from both sides', () => {
  const times = clock(events(cast(2, [1, 'o', 'a'], [11, 'o', 'b'], [12, 'o', 'c'])), 2);
  near(times.toShown(1), 1);
  near(times.toShown(11), 3);
  near(times.toShown(12), 4);
  near(times.toShown(2), 2);
  near(times.toShown(9), 3);
  near(times.toHappened(3), 11);
  near(times.toHappened(4), 12);
  near(times.toHappened(0.5), 0.5);
  for (const at of [0, 1, 1.5, 11, 11.5, 12]) near(times.toHappened(times.toShown(at)), at);
});

test('without a limit nothing is cut', () => {
  const times = clock(events(cast(2, [1, 'o', 'a'], [100, 'o', 'b'])), undefined);
  near(times.toShown(100), 100);
  near(times.toHappened(50), 50);
});

test('a part is played from its own beginning and told in the time of the session', () => {
  const part = cast(2, [100, 'o', '\u001bc[100.5,'], [101, 'o', 'a'], [160.25, 'o', 'b']);
  const played = since(part, 100);
  assert.deepEqual(events(played).map((event) => [event.at, event.data]), [[0, '\u001bc[100.5,'], [1, 'a'], [60.25, 'b']]);
  assert.equal(since(part, 0), part);
  const times = clock(events(part), 2, 100);
  near(times.toShown(100), 0);
  near(times.toShown(160.25), 3);
  near(times.toHappened(3), 160.25);
  for (const at of [100, 101, 160.25]) near(times.toHappened(times.toShown(at)), at);
});
