// Makes archiver/web/static/plot.min.js and plot.LICENSE.txt from what package-lock.json pins: npm ci && npm run build
import {createHash} from 'node:crypto';
import {readdir, readFile, writeFile} from 'node:fs/promises';
import {build} from 'esbuild';

const STATIC = '../archiver/web/static/';
// Plot writes a <style> element into each drawing, which our content security policy forbids, and rightly.
// Its rules stand in archiver.css.
const STYLE = /\s*\.call\(\(svg\) =>\s*(?:\/\/.*\s*)?svg\.append\("style"\)\.text\(\s*`[^`]*`\s*\)\s*\)/;

const styleless = {
  name: 'styleless',
  setup({onLoad}) {
    onLoad({filter: /@observablehq\/plot\/src\/plot\.js$/}, async ({path}) => {
      const source = await readFile(path, 'utf8');
      if (!STYLE.test(source)) throw new Error(`${path}: its <style> is no longer where it was`);
      return {contents: source.replace(STYLE, ''), loader: 'js'};
    });
  },
};

const {metafile, outputFiles} = await build({
  entryPoints: ['plot.js'], bundle: true, minify: true, format: 'iife', globalName: 'Plot', target: 'es2020',
  charset: 'utf8', legalComments: 'none', metafile: true, write: false, plugins: [styleless],
});

const output = Object.values(metafile.outputs)[0].inputs;
const used = [...new Set(
  Object.keys(output).filter((path) => output[path].bytesInOutput)
    .map((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1]).filter(Boolean),
)].sort();
const packages = [];
for (const name of used) {
  const {version, license} = JSON.parse(await readFile(`node_modules/${name}/package.json`, 'utf8'));
  const file = (await readdir(`node_modules/${name}`)).find((each) => /^licen[cs]e/i.test(each));
  if (!file) throw new Error(`${name} has no licence`);
  packages.push({name, version, license, text: (await readFile(`node_modules/${name}/${file}`, 'utf8')).trim()});
}

const title = packages.map(({name, version}) => `${name} ${version}`).join(', ');
const code = `// ${title}; licences in plot.LICENSE.txt\n${outputFiles[0].text.trim()}\n`;
const licences = packages.map(({name, version, license, text}) => `${name} ${version} (${license})\n\n${text}\n`);
const head = 'plot.min.js holds parts of these packages, made smaller by esbuild and without the <style> of Observable Plot.';
await writeFile(`${STATIC}plot.min.js`, code);
await writeFile(`${STATIC}plot.LICENSE.txt`, `${head}\n\n${licences.join(`\n${'-'.repeat(80)}\n\n`)}`);
await writeFile('plot.sha256', `${createHash('sha256').update(code).digest('hex')}  plot.min.js\n`);
