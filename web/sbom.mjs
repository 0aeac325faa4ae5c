// Adds the packages of npm that a release ships to its SBOM (CycloneDX): node sbom.mjs < of-the-jars.json > whole.json
import { readFileSync } from 'node:fs';

const HASHES = { sha256: 'SHA-256', sha384: 'SHA-384', sha512: 'SHA-512' };

/** The components of what the lock file pins, but for what only builds. */
function components(lock) {
  return Object.entries(lock.packages)
    .filter(([path, each]) => path && !each.dev)
    .map(([path, each]) => {
      const name = path.replace(/^.*node_modules\//, '');
      const [algorithm, digest] = (each.integrity ?? '').split('-', 2);
      const purl = `pkg:npm/${name.replace('@', '%40')}@${each.version}`;
      return {
        type: 'library',
        'bom-ref': purl,
        ...(name.startsWith('@') ? { group: name.split('/')[0], name: name.split('/')[1] } : { name }),
        version: each.version,
        ...(HASHES[algorithm]
          ? { hashes: [{ alg: HASHES[algorithm], content: Buffer.from(digest, 'base64').toString('hex') }] }
          : {}),
        ...(each.license ? { licenses: [{ license: { id: each.license === 'BSD-0-Clause' ? '0BSD' : each.license } }] } : {}),
        purl,
      };
    })
    .sort((a, b) => (a.purl < b.purl ? -1 : 1));
}

const bom = JSON.parse(readFileSync(0, 'utf8'));
const own = components(JSON.parse(readFileSync(new URL('package-lock.json', import.meta.url), 'utf8')));
bom.components = [...(bom.components ?? []), ...own];
bom.dependencies = [...(bom.dependencies ?? []), ...own.map((each) => ({ ref: each.purl, dependsOn: [] }))];
process.stdout.write(`${JSON.stringify(bom, null, 2)}\n`);
