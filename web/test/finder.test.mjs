import assert from 'node:assert/strict';
import test from 'node:test';
import { finder, keepMarked } from '../src/finder.js';

/** Answers when it is told to. */
function server() {
  const asked = [];
  const ask = (question, signal) => new Promise((answer, fail) => asked.push({ question, signal, answer, fail }));
  return { ask, asked };
}

const settled = () => new Promise((done) => setImmediate(done));

test('the server is asked once one pauses', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { ask, asked } = server();
  const find = finder(ask, () => {}, 150);

  for (const typed of ['w', 'we', 'web']) {
    find(typed);
    t.mock.timers.tick(149);
  }
  assert.equal(asked.length, 0);
  t.mock.timers.tick(1);

  assert.deepEqual(asked.map((each) => each.question), ['web']);
});

test('an answer that comes late replaces no newer one', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { ask, asked } = server();
  const told = [];
  const find = finder(ask, (found, question) => told.push([question, ...found]), 150);

  find('de');
  t.mock.timers.tick(150);
  find('dev');
  t.mock.timers.tick(150);
  asked[1].answer(['dev']);
  await settled();
  asked[0].answer(['de', 'dev', 'node']);
  await settled();

  assert.deepEqual(told, [['dev', 'dev']]);
  assert.equal(asked[0].signal.aborted, true);
  assert.equal(asked[1].signal.aborted, false);
});

test('a question that fails tells nothing, and the next one is asked', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { ask, asked } = server();
  const told = [];
  const find = finder(ask, (found) => told.push(found), 150);

  find('a');
  t.mock.timers.tick(150);
  asked[0].fail(new Error('away'));
  await settled();
  find('ab');
  t.mock.timers.tick(150);
  asked[1].answer(['ab']);
  await settled();

  assert.deepEqual(told, [['ab']]);
});

test('what is marked stays marked, wherever the new list has it', () => {
  const [a, b, c] = ['a', 'b', 'c'].map((href) => ({ href }));

  assert.deepEqual(keepMarked([c, b, a], b, 0), { list: [c, b, a], at: 1 });
  assert.deepEqual(keepMarked([a, c], b, 1), { list: [a, b, c], at: 1 });
  assert.deepEqual(keepMarked([], b, 3), { list: [b], at: 0 });
  assert.deepEqual(keepMarked([a, b], undefined, 1), { list: [a, b], at: 0 });
});
