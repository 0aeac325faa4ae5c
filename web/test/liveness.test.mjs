import assert from 'node:assert/strict';
import test from 'node:test';
import { liveness } from '../src/liveness.js';

test('a page that never connects may be stale', () => {
  const line = liveness(0);

  assert.equal(line.stale(5_000), false);
  assert.equal(line.stale(5_001), true);
});

test('a cut that is mended soon is not told', () => {
  const line = liveness(0);
  line.said('1', 100);

  line.lost(10_000);
  assert.equal(line.stale(12_000), false);
  line.said('2', 12_000);

  assert.equal(line.stale(30_000), false);
});

test('a cut that lasts is told, and taken back when something is heard again', () => {
  const line = liveness(0);
  line.said('1', 100);

  line.lost(10_000);
  line.lost(14_000);
  assert.equal(line.stale(15_001), true);
  line.said('1', 15_500);
  assert.equal(line.stale(15_600), true);
  line.said('2', 16_000);

  assert.equal(line.stale(16_000), false);
});

test('a line that says nothing any more is as good as cut', () => {
  const line = liveness(0);
  line.said('1', 100);

  assert.equal(line.stale(40_100), false);
  assert.equal(line.stale(40_101), true);
});

test('what was in the background has its time to connect', () => {
  const line = liveness(0);
  line.said('1', 100);
  line.lost(200);

  line.looked(3_600_000);

  assert.equal(line.stale(3_604_000), false);
  assert.equal(line.stale(3_606_000), true);
});
