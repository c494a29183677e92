// The program and the library as they are packed: few files in place of one for each module, as each that is opened costs
// time and memory. Packages stay where they are, to be shared, audited and updated by themselves.
// node bundle.js [FOLDER]: default dist
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { build } from 'rolldown';

/**
 * What is loaded together, and the modules that need all of it. What several parts need is in the first of them. None of
 * these modules does anything by being loaded: who needs one of a part runs them all.
 */
const parts = {
  client: ['client/library'],
  chance: ['support/random'],
  program: ['cli/program', 'cli/io'],
  connection: ['cluster/kubernetes/connect', 'cluster/kubernetes/kubeconfig'],
  lists: ['cli/list', 'cli/help', 'api/columns', 'api/production-line'],
  schemas: ['api/definitions', 'api/validation'],
};

/** Of every module that is in one, the part; made when the first of them is asked for. */
let partOf;

function assign(graph) {
  partOf = new Map();
  const add = (id, part) => {
    if (partOf.has(id) || graph.getModuleInfo(id) === null) return;
    partOf.set(id, part);
    // not what a module imports later, when it needs it
    for (const imported of graph.getModuleInfo(id).importedIds) if (isAbsolute(imported)) add(imported, part);
  };
  for (const [part, modules] of Object.entries(parts))
    for (const module of modules) add(resolve('src', `${module}.ts`), part);
}

const [dir = 'dist'] = process.argv.slice(2);

await build({
  input: {
    'cli/main': 'src/cli/main.ts',
    'client/library': 'src/client/library.ts',
    'client/testing': 'src/client/testing.ts',
    'simulation/trial-worker': 'src/simulation/run/trial-worker.ts',
  },
  // but for what rewritten syntax calls, which the bundler brings along
  // ECharts, with what it needs, is brought along: of its 60 MB reports need a fraction, and only at times
  external: /^(?!@oxc-project\/|(?:echarts|zrender|tslib)(?:\/|$))[@a-z]/,
  platform: 'node',
  preserveEntrySignatures: 'allow-extension',
  // of the engines in package.json: what Node.js 20 does not know is rewritten
  transform: { target: 'node20.19' },
  output: {
    // all at one depth: what is found beside dist/ (package.json) goes by the place of the file that looks for it
    dir,
    chunkFileNames: 'chunks/[name].js',
    cleanDir: true,
    codeSplitting: {
      groups: [
        {
          name: (id, graph) => {
            if (partOf === undefined) assign(graph);
            return partOf.get(id) ?? null;
          },
          debugName: 'parts',
          // the parts are complete as they are
          includeDependenciesRecursively: false,
        },
      ],
    },
  },
});

/** tslib is installed within ECharts, or beside it. */
const ofEcharts = createRequire(resolve('node_modules/echarts/package.json'));

/** What the licences of the packages that are brought along want to be said with them. */
const licences = {
  'Apache ECharts': ['echarts/NOTICE', 'echarts/LICENSE'],
  zrender: ['zrender/LICENSE'],
  tslib: [relative(resolve('node_modules'), join(dirname(ofEcharts.resolve('tslib')), 'LICENSE.txt'))],
};

writeFileSync(
  join(dir, 'LICENSES.txt'),
  Object.entries(licences)
    .map(
      ([name, files]) =>
        `${name}\n\n${files.map((file) => readFileSync(join('node_modules', file), 'utf8')).join('\n')}`,
    )
    .join(`\n${'-'.repeat(80)}\n\n`),
);
