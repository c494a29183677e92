/** Nodes and pods of the public trace openb (Alibaba, 2023), and the pods of the packing experiment of FGD (USENIX ATC 2023). */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gpuCapacity, gpuMilli } from '../../scheduling/gpu/cards.js';
import { podShape, type PodShape } from '../../scheduling/pod-shape.js';
import { Snapshot } from '../../scheduling/snapshot/snapshot.js';
import type { Random } from '../../support/random.js';
import { nodeObject, podObject } from '../engine/objects.js';
import { shuffled } from '../engine/shuffled.js';
import { amountIn, placeOf, readDelimited } from './delimited.js';
import { malformed } from './malformed.js';

const mebibyte = 2 ** 20;
/** Where the traces are by the names that the public repository has, below a folder or in it. */
const folderOfOpenb = 'alibaba-gpu-v2023-openb';
/** Those with GPUs: what the published experiment has. */
const nodeList = 'openb_node_list_gpu_node.csv';
const podList = 'openb_pod_list_default.csv';
const modelLabel = 'gpu-model';
/** No node takes fewer for that: the experiment knows no limit. */
const podsPerNode = 10_000;

export interface Openb {
  readonly pods: readonly PodShape[];
  /** Thousandths of GPUs of all nodes. */
  readonly milli: number;
  /** The nodes without pods. */
  nodes(): Snapshot;
}

export interface OpenbFiles {
  readonly nodes: string;
  readonly pods: string;
}

/**
 * Where the lists are, or what is lacking.
 * @param folder of openb, or of the public traces
 * @param pods another list of pods of the same format
 */
export function openbFiles(folder: string | undefined, pods?: string): OpenbFiles | string {
  if (folder === undefined) return `it needs a folder with ${nodeList} and ${podList}`;
  const within = join(folder, folderOfOpenb);
  const home = existsSync(join(within, nodeList)) ? within : folder;
  const files = { nodes: join(home, nodeList), pods: pods ?? join(home, podList) };
  const missing = Object.values(files).find((file) => !existsSync(file));
  return missing === undefined ? files : `there is no ${missing}`;
}

/** @throws CodedError `MALFORMED_TRACE` with file, line and reason */
export function readOpenb({ nodes, pods }: OpenbFiles): Openb {
  const records = recordsOf(nodes, ['sn', 'cpu_milli', 'memory_mib', 'gpu', 'model']);
  const shapes = new Map<string, PodShape>();
  const asking = recordsOf(pods, ['cpu_milli', 'memory_mib', 'num_gpu', 'gpu_milli', 'gpu_spec']);
  return {
    pods: asking.map((record) => shapeOfRecord(record, shapes)),
    milli: records.reduce((sum, record) => sum + 1000 * record.amount('gpu'), 0),
    nodes() {
      const snapshot = new Snapshot();
      for (const record of records) snapshot.setNode(nodeOfRecord(record));
      return snapshot;
    },
  };
}

interface CsvRecord {
  text(column: string): string;
  amount(column: string): number;
}

function recordsOf(file: string, columns: readonly string[]): readonly CsvRecord[] {
  return readDelimited(file, readFileSync(file, 'utf8'), ',', columns).rows.map((row) => ({
    text: (column) => row.cell(column),
    amount(column) {
      const amount = amountIn(row, column);
      if (typeof amount === 'number') return amount;
      throw malformed(placeOf(file, row, column), amount);
    },
  }));
}

function nodeOfRecord(record: CsvRecord) {
  const node = nodeObject(record.text('sn'), {
    cpu: record.amount('cpu_milli'),
    memory: mebibyte * record.amount('memory_mib'),
    pods: podsPerNode,
    ...gpuCapacity(record.amount('gpu')),
  });
  return { ...node, metadata: { ...node.metadata, labels: { [modelLabel]: record.text('model') } } };
}

/** The same shape for pods that ask for the same: what is computed of one serves all. */
function shapeOfRecord(record: CsvRecord, known: Map<string, PodShape>): PodShape {
  const cards = record.amount('num_gpu');
  const milli = cards === 1 ? record.amount('gpu_milli') : 1000 * cards;
  const models = record
    .text('gpu_spec')
    .split('|')
    .filter((model) => model !== '');
  const amounts = { cpu: record.amount('cpu_milli'), memory: mebibyte * record.amount('memory_mib') };
  const key = JSON.stringify([amounts, milli, models]);
  const shape = known.get(key) ?? shapeFor({ ...amounts, ...(milli > 0 && { [gpuMilli]: milli }) }, models);
  known.set(key, shape);
  return shape;
}

function shapeFor(amounts: Readonly<Record<string, number>>, models: readonly string[]): PodShape {
  const pod = podObject('p', amounts);
  const term = { matchExpressions: [{ key: modelLabel, operator: 'In', values: [...models] }] };
  const affinity = {
    nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [term] } },
  };
  return podShape({ ...pod, spec: { containers: [], ...pod.spec, ...(models.length > 0 && { affinity }) } });
}

/** Until they request 130 % of the GPUs there are: all pods of the trace in an order that chance gives, then some drawn from it. */
export function arrivingPods({ pods, milli }: Openb, random: Random): readonly PodShape[] {
  const arriving: PodShape[] = [];
  const order = shuffled(pods, random.split('order'));
  const drawn = random.split('drawn');
  for (let requested = 0; requested < 1.3 * milli; ) {
    const shape = order[arriving.length] ?? drawn.pick(pods);
    arriving.push(shape);
    requested += shape.requests[gpuMilli] ?? 0;
  }
  return arriving;
}
