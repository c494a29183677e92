/** The judgements of an examination, from what was read: those that a test on a real API server cannot bring about. */
import { describe, expect, test } from 'vitest';
import type { Deployment, Lease, Pod } from '../../api/kubernetes.js';
import { microTimestamp, minute, second } from '../../support/time.js';
import { examineDefinitions } from './definitions.js';
import { listed } from './finding.js';
import { examineGate, type GateView } from './gate.js';
import { isRenewed } from './lease.js';
import { difference, examineParts } from './parts.js';
import { defaultRebalancerConfiguration } from '../rebalancer/configuration.js';
import { defaultSchedulerConfiguration } from '../scheduler/configuration.js';
import { examineProgram, type ProgramView } from './programs.js';
import { examineServer, type ServerView } from './server.js';
import { reservedMarksPolicy } from '../policies/reserved.js';

const now = Date.parse('2026-01-01T00:00:00Z');
const metadata = (name: string) => ({
  name,
  namespace: 'shop',
  uid: name,
  resourceVersion: '1',
  creationTimestamp: microTimestamp(now - 2 * minute),
});
const verdicts = (findings: readonly { readonly check: string; readonly verdict: string }[]) =>
  findings.map(({ check, verdict }) => `${check} ${verdict}`);

describe('a server', () => {
  const node = (name: string, kubeletVersion: string, status: 'True' | 'False' = 'True') => ({
    metadata: metadata(name),
    status: {
      conditions: [{ type: 'Ready', status }],
      nodeInfo: {
        kubeletVersion,
        architecture: 'amd64',
        bootID: '',
        containerRuntimeVersion: '',
        kernelVersion: '',
        kubeProxyVersion: '',
        machineID: '',
        operatingSystem: 'linux',
        osImage: '',
        systemUUID: '',
      },
    },
  });
  const fine: ServerView = {
    url: 'https://server',
    version: { seen: 'v1.36.3' },
    resizes: { seen: true },
    nodes: { seen: [node('a', 'v1.36.3')] },
  };

  test.each<[what: string, change: Partial<ServerView>, expected: readonly string[]]>([
    ['that is as it should be', {}, ['server ok', 'resize ok', 'nodes ok']],
    ['with a vendor suffix', { version: { seen: 'v1.33.4-gke.100' } }, ['server ok', 'resize ok', 'nodes ok']],
    ['that is too old', { version: { seen: 'v1.32.9' } }, ['server problem', 'resize ok', 'nodes ok']],
    ['that says no version', { version: { seen: undefined } }, ['server warning', 'resize ok', 'nodes ok']],
    ['that does not resize', { resizes: { seen: false } }, ['server ok', 'resize warning', 'nodes ok']],
    ['with old kubelets', { nodes: { seen: [node('a', 'v1.32.1')] } }, ['server ok', 'resize ok', 'nodes warning']],
    [
      'whose nodes are not ready',
      { nodes: { seen: [node('a', 'v1.36.3', 'False')] } },
      ['server ok', 'resize ok', 'nodes problem'],
    ],
    ['whose nodes are hidden', { nodes: { hidden: 'forbidden' } }, ['server ok', 'resize ok', 'nodes unknown']],
  ])('%s', (_, change, expected) => {
    expect(verdicts(examineServer({ ...fine, ...change }))).toEqual(expected);
  });
});

test('every definition that is wrong is told of', () => {
  const check = (state: 'missing' | 'older' | 'newer' | 'ok') => ({ name: '', kind: '', state, sentence: state });
  expect(examineDefinitions({ seen: [check('ok'), check('missing'), check('newer')] })).toMatchObject([
    { verdict: 'problem', sentence: 'missing' },
    { verdict: 'warning', sentence: 'newer' },
  ]);
});

describe('a lease', () => {
  const lease = (holderIdentity: string, renewed: number, resourceVersion = '1'): Lease => ({
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { ...metadata('penstock-operator'), resourceVersion },
    spec: { holderIdentity, leaseDurationSeconds: 4, renewTime: microTimestamp(renewed) },
  });

  test.each<[what: string, renewed: boolean, lease: Lease, later?: Lease]>([
    ['that was renewed just now', true, lease('a', now - second)],
    ['that has run out', false, lease('a', now - 5 * second)],
    ['that was given back', false, lease('', now - second)],
    ['that another clock dates in the past, but that is renewed', true, lease('a', 0), lease('a', 500, '2')],
    [
      'that another clock dates in the future, and that stays',
      false,
      lease('a', now + minute),
      lease('a', now + minute),
    ],
    ['that is given back meanwhile', false, lease('a', now - 5 * second), lease('', now, '2')],
  ])('%s: %s', (_, renewed, first, later) => {
    expect(isRenewed({ lease: first, later }, now)).toBe(renewed);
  });
});

describe('the gate', () => {
  const pod = (name: string): Pod => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...metadata(name),
      labels: { 'pod-template-hash': '5d' },
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-5d', uid: 'r', controller: true }],
    },
  });
  const fine: GateView = {
    installed: { seen: true },
    waiting: { seen: [] },
    gated: { seen: [] },
    leading: 'somebody',
    now,
  };

  test('pods that wait long are stuck, whoever works', () => {
    const [finding] = examineGate({ ...fine, waiting: { seen: [pod('a'), pod('b')] } });
    expect(finding).toMatchObject({ verdict: 'problem', sentence: /^2 pods of shop\/web wait at the gate/ });
  });

  test('pods that came just now are not, while an operator works', () => {
    const waiting = { seen: [pod('a')] };
    const soon = now - 2 * minute + second;
    expect(examineGate({ ...fine, waiting, now: soon })).toMatchObject([{ verdict: 'ok' }]);
    expect(examineGate({ ...fine, waiting, now: soon, leading: 'nobody' })).toMatchObject([{ verdict: 'problem' }]);
  });

  test('is of no interest where nobody asks for it and it is not there', () => {
    expect(examineGate({ ...fine, installed: { seen: false } })).toEqual([]);
  });
});

describe.each([
  ['scheduler', defaultSchedulerConfiguration],
  ['rebalancer', defaultRebalancerConfiguration],
] as const)('the %s', (program, configuration) => {
  const deployment = (availableReplicas: number): Deployment => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: metadata(`penstock-${program}`),
    spec: { replicas: 2, selector: {}, template: {} },
    status: { availableReplicas },
  });
  const fine: ProgramView = {
    program,
    deployment: { seen: deployment(2) },
    pods: { seen: [] },
    configuration: { seen: configuration },
  };

  test.each<[what: string, change: Partial<ProgramView>, expected: readonly string[]]>([
    ['that is as it should be', {}, ['ok']],
    ['that is not installed', { deployment: { seen: undefined }, configuration: { seen: undefined } }, []],
    ['that may not be seen', { deployment: { hidden: 'forbidden' } }, ['unknown']],
    ['of which one replica is missing', { deployment: { seen: deployment(1) } }, ['warning']],
    ['that does not run', { deployment: { seen: deployment(0) } }, ['problem']],
    ['without a configuration', { configuration: { seen: undefined } }, ['ok', 'problem']],
    ['with one that is none', { configuration: { seen: 'kind: Pod' } }, ['ok', 'problem']],
    ['whose configuration may not be seen', { configuration: { hidden: 'forbidden' } }, ['ok']],
  ])('%s', (_, change, expected) => {
    expect(verdicts(examineProgram({ ...fine, ...change }))).toEqual(
      expected.map((verdict) => `${program} ${verdict}`),
    );
  });
});

test.each<[what: string, path: string | undefined, wanted: unknown, there: unknown]>([
  ['the same', undefined, { a: [1, { b: 'c' }] }, { a: [1, { b: 'c' }] }],
  ['what the server adds', undefined, { a: { b: 1 } }, { a: { b: 1, c: 2 }, d: 3 }],
  ['what it leaves out as empty', undefined, { a: false, b: 0, c: '', d: [] }, {}],
  ['another value', 'a.b', { a: { b: 1 } }, { a: { b: 2 } }],
  ['one that is missing', 'a.b', { a: { b: true } }, { a: {} }],
  ['a longer list', 'a', { a: [1] }, { a: [1, 2] }],
  ['another item', 'a[1].b', { a: [1, { b: 1 }] }, { a: [1, { b: 2 }] }],
  ['an object where there is none', 'a.b', { a: { b: 1 } }, { a: 1 }],
])('of two objects, %s: differs at %s', (_, path, wanted, there) => {
  expect(difference(wanted, there)).toBe(path);
});

test('a policy that the server cannot evaluate is a problem', () => {
  const views = reservedMarksPolicy().map((part) => {
    const object = {
      ...part.object,
      apiVersion: '',
      kind: part.kind.name,
      metadata: metadata('penstock-reserved-marks'),
    };
    const warning = { fieldRef: 'spec.validations[0].expression', warning: 'undefined field' };
    return {
      part,
      there: { seen: { ...part.object, ...object, status: { typeChecking: { expressionWarnings: [warning] } } } },
    };
  });
  const [first] = examineParts(views.slice(0, 1)).filter(({ verdict }) => verdict === 'problem');
  expect(first?.sentence).toContain('cannot be evaluated at spec.validations[0].expression: undefined field');
});

test('long lists are cut', () => {
  expect(listed(['a', 'b', 'c', 'd', 'e'])).toBe('a, b, c, d, e');
  expect(listed(['a', 'b', 'c', 'd', 'e', 'f', 'g'])).toBe('a, b, c, d, e and 2 more');
});
