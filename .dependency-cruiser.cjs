// The layer rule of ARCHITECTURE.md: a room may import only rooms that stand to its left.
const layers = [
  ['support'],
  ['api'],
  ['scheduling'],
  ['cluster'],
  ['cluster/kubernetes', 'runtime'],
  ['scheduler', 'rebalancer'],
  ['embedded'],
  ['line'],
  ['pools', 'claims', 'deployments'],
  ['migrations'],
  ['operator'],
  ['client', 'install', 'simulation'],
  ['cli'],
];

const path = (room) => (room === 'cluster' ? '^src/cluster/(?!kubernetes/)' : `^src/${room}/`);

/** For each layer: it may not import its neighbours in the same layer, nor anything to its right. */
const forbidden = layers.flatMap((rooms, index) =>
  rooms
    .map((room) => ({ room, others: [...rooms.filter((other) => other !== room), ...layers.slice(index + 1).flat()] }))
    // the last room may import all others, and an empty list would match everything
    .filter(({ others }) => others.length > 0)
    .map(({ room, others }) => ({
      name: `layers-${room.replace('/', '-')}`,
      comment: `src/${room} may import only what stands to its left: ${layers.slice(0, index).flat().join(', ') || 'nothing'}`,
      severity: 'error',
      from: { path: path(room), pathNot: '\\.test\\.ts$' },
      to: { path: others.map(path) },
    })),
);

module.exports = {
  forbidden: [
    ...forbidden,
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'src-not-from-tests',
      severity: 'error',
      from: { path: '^src/', pathNot: '\\.test\\.ts$' },
      to: { path: '^(test|bench)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      extensions: ['.ts', '.js'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'types'],
    },
  },
};
