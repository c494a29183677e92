/**
 * `npm run test:parity -- --oracle kube-scheduler --cases N --seed S`: asks the real kube-scheduler's plug-ins (`scheduler-oracle` in
 * KUBEBUILDER_ASSETS) and ours about N drawn clusters, those of the seeds S, S + 1, …, and prints what they differ in. One case is
 * replayed by its seed and `--cases 1`, and printed as small as it can be made.
 */
import { parseArgs } from 'node:util';
import { check, type Failure } from './check.js';

const { values } = parseArgs({
  options: {
    oracle: { type: 'string', default: 'kube-scheduler' },
    cases: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
  },
});

function numberOf(option: 'cases' | 'seed'): number {
  const text = values[option];
  if (/^[0-9]{1,9}$/.test(text)) return Number(text);
  console.error(`--${option} must be a whole number, is ${text}`);
  process.exit(2);
}

if (values.oracle !== 'kube-scheduler') {
  console.error(`--oracle must be kube-scheduler, is ${values.oracle}`);
  process.exit(2);
}

function report({ seed, lines, small }: Failure): void {
  console.log(`seed ${seed} (npm run test:parity -- --seed ${seed} --cases 1):`);
  for (const line of lines) console.log(`  ${line}`);
  console.log(`  ${JSON.stringify(small)}`);
}

const cases = numberOf('cases');
const { failures, feasible, preempted, unasked } = await check({ seed: numberOf('seed'), cases, report });
if (unasked.length > 0) console.log(`not asked about, since this oracle does not know them: ${unasked.join(', ')}`);
console.log(
  `${feasible} of the cases had a node that could take the pod, ${preempted} one that others had to leave for it`,
);
console.log(`${cases} cases, ${failures} differences`);
process.exitCode = failures === 0 ? 0 : 1;
