import { expect, test } from 'vitest';
import { experiments } from '../../src/simulation/experiments/index.js';
import { penstock } from './harness.js';

const intro = `# The command line

Every command takes \`--kubeconfig\`, \`--context\` and \`--namespace\`, wherever they stand in the line. Without \`--kubeconfig\` the files of the variable KUBECONFIG are used (several are merged), else \`~/.kube/config\`, else the service account of the pod that it runs in. Linked or installed as \`kubectl-penstock\` on the PATH it is \`kubectl penstock\`.

Results go to standard output, progress and mistakes to standard error. Spinners and colours are for terminals only, and NO_COLOR turns colours off. \`-o\` takes \`table\`, \`wide\`, \`json\`, \`yaml\` and \`name\`, as kubectl does. [Exit codes](exit-codes.md) are documented too.

This page is made from the program's own help: \`npx vitest run test/cli/reference.test.ts -u\` renews it.
`;

const groups = [
  ['demo'],
  ['install'],
  ['uninstall'],
  ['doctor'],
  ['run'],
  ['pool', 'create', 'list', 'describe', 'scale', 'delete'],
  ['claim', 'create', 'list', 'describe', 'containers', 'delete'],
  ['migrate'],
  ['migration', 'list', 'describe', 'pause', 'resume', 'cancel'],
  ['line', 'list', 'describe', 'default'],
  ['deliver'],
  ['nodes'],
  ['scheduler'],
  ['scheduler', 'policies'],
  ['rebalance'],
  ['extender'],
  ['explain'],
  ['experiment', 'list', ...experiments.map(({ name }) => `run ${name}`), 'compare', 'merge'],
];

test('the reference of the command line is that of its help', async () => {
  const commands = groups.flatMap(([name = '', ...below]) =>
    below.length === 0 ? [name] : below.map((command) => `${name} ${command}`),
  );
  let page = intro;
  for (const command of commands) {
    const { stdout } = await penstock([...command.split(' '), '--help']);
    // what all commands have in common is said once, above
    const own = stdout.replace(/\nGlobal Options:\n(?: .*\n)*/, '').trim();
    page += `\n## penstock ${command}\n\n\`\`\`text\n${own}\n\`\`\`\n`;
  }
  await expect(page).toMatchFileSnapshot('../../docs/reference/cli.md');
});
