import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import test from 'node:test';

const program = fileURLToPath(new URL('../sbom.mjs', import.meta.url));

test('what is shipped of npm stands in the SBOM beside the jars, and what only builds does not', () => {
  const jars = { bomFormat: 'CycloneDX', components: [{ name: 'a-jar', purl: 'pkg:maven/a/a-jar@1' }] };
  const made = spawnSync(process.execPath, [program], { input: JSON.stringify(jars), encoding: 'utf8' });
  assert.equal(made.status, 0, made.stderr);
  const bom = JSON.parse(made.stdout);
  assert.equal(bom.bomFormat, 'CycloneDX');
  const of = (name) => bom.components.find((each) => each.name === name);
  assert.ok(of('a-jar'));
  assert.match(of('xterm').purl, /^pkg:npm\/%40xterm\/xterm@\d/);
  assert.match(of('htmx.org').hashes[0].content, /^[0-9a-f]{128}$/);
  assert.equal(of('htmx.org').licenses[0].license.id, '0BSD');
  assert.equal(of('esbuild'), undefined);
  assert.ok(bom.dependencies.some((each) => each.ref === of('xterm').purl));
});
