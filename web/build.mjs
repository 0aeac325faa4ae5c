// Bundles scripts and styles into the folder named on the command line, under names that change with their content, and
// writes assets.properties: what each is called.
import { build } from 'esbuild';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { basename } from 'node:path';

const out = process.argv[2];
if (!out) {
  console.error('usage: node build.mjs FOLDER');
  process.exit(64);
}
await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });

const { metafile } = await build({
  absWorkingDir: import.meta.dirname,
  entryPoints: {
    portal: 'src/portal.js',
    play: 'src/play.js',
    watch: 'src/watch.js',
    terminal: 'src/terminal.js',
    passkey: 'src/passkey.js',
    alone: 'src/alone.js',
    icon: 'src/icon.svg',
    style: 'src/style.css',
    'play-style': 'src/play-style.css',
    'terminal-style': 'src/terminal-style.css',
  },
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
  outdir: out,
  entryNames: '[name]-[hash]',
  assetNames: '[name]-[hash]',
  loader: { '.woff2': 'file', '.svg': 'copy' },
  legalComments: 'external',
  metafile: true,
  logLevel: 'warning',
  external: ['node:*'],
});

const names = Object.entries(metafile.outputs)
  .filter(([file, output]) => output.entryPoint || file.endsWith('.woff2'))
  .map(([file]) => basename(file))
  .map((file) => `${file.replace(/-[A-Z0-9]{8}(\.\w+)$/, '$1')}=${file}`)
  .sort();
await writeFile(`${out}/assets.properties`, names.join('\n') + '\n');

// sent as they are to browsers that take gzip, which all do
for (const file of await readdir(out)) {
  if (/\.(js|css|svg)$/.test(file)) await writeFile(`${out}/${file}.gz`, gzipSync(await readFile(`${out}/${file}`), { level: 9 }));
}

// what is shipped with us says whose it is
const { packages } = JSON.parse(await readFile(`${import.meta.dirname}/package-lock.json`, 'utf8'));
await mkdir(`${out}/licenses`, { recursive: true });
for (const [path, entry] of Object.entries(packages)) {
  if (!path || entry.dev || entry.optional) continue;
  const folder = `${import.meta.dirname}/${path}`;
  const file = (await readdir(folder)).find((name) => /^licen[cs]e/i.test(name));
  const text = file ? await readFile(`${folder}/${file}`, 'utf8') : `${entry.license}\n`;
  const name = path.replace(/^.*node_modules\//, '').replace('/', '-');
  await writeFile(`${out}/licenses/${name}.txt`, text);
}
