/** Nodes and pods of the public trace openb (Alibaba, 2023), and the pods of the packing experiment of FGD (USENIX ATC 2023). */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gpuCapacity, gpuMilli } from '../../scheduling/gpu/cards.js';
import { podShape, type PodShape } from '../../scheduling/pod-shape.js';
import { Snapshot } from '../../scheduling/snapshot/snapshot.js';
import type { Random } from '../../support/random.js';
import { nodeObject, podObject } from '../engine/objects.js';
import { shuffled } from '../engine/shuffled.js';

const mebibyte = 2 ** 20;
const folderOfOpenb = 'alibaba-gpu-v2023-openb';
/** Those with GPUs: what the published experiment has. */
const nodeList = `${folderOfOpenb}/openb_node_list_gpu_node.csv`;
const podList = `${folderOfOpenb}/openb_pod_list_default.csv`;
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
 * Where the lists are, or what is lacking, and what to do.
 * @param folder of the public traces
 * @param trace another list of pods of the same format
 */
export function openbFiles(folder: string | undefined, variable: string, trace?: string): OpenbFiles | string {
  if (folder === undefined) return `set ${variable} to a folder with ${nodeList} and ${podList}`;
  const files = { nodes: join(folder, nodeList), pods: trace ?? join(folder, podList) };
  const missing = Object.values(files).find((file) => !existsSync(file));
  return missing === undefined ? files : `there is no ${missing}`;
}

export function readOpenb({ nodes, pods }: OpenbFiles): Openb {
  const records = recordsOf(nodes);
  const shapes = new Map<string, PodShape>();
  return {
    pods: recordsOf(pods).map((record) => shapeOfRecord(record, shapes)),
    milli: records.reduce((sum, record) => sum + 1000 * numberIn(record, 'gpu'), 0),
    nodes() {
      const snapshot = new Snapshot();
      for (const record of records) snapshot.setNode(nodeOfRecord(record));
      return snapshot;
    },
  };
}

type CsvRecord = ReadonlyMap<string, string>;

function recordsOf(file: string): readonly CsvRecord[] {
  const [header = '', ...lines] = readFileSync(file, 'utf8').trimEnd().split(/\r?\n/);
  const columns = header.split(',');
  return lines.map((line) => {
    const cells = line.split(',');
    return new Map(columns.map((column, at) => [column, cells[at] ?? '']));
  });
}

function numberIn(record: CsvRecord, column: string): number {
  const value = Number(record.get(column) || Number.NaN);
  if (Number.isNaN(value)) throw new Error(`the trace has no number in column ${column}`);
  return value;
}

function nodeOfRecord(record: CsvRecord) {
  const node = nodeObject(record.get('sn') ?? '', {
    cpu: numberIn(record, 'cpu_milli'),
    memory: mebibyte * numberIn(record, 'memory_mib'),
    pods: podsPerNode,
    ...gpuCapacity(numberIn(record, 'gpu')),
  });
  return { ...node, metadata: { ...node.metadata, labels: { [modelLabel]: record.get('model') ?? '' } } };
}

/** The same shape for pods that ask for the same: what is computed of one serves all. */
function shapeOfRecord(record: CsvRecord, known: Map<string, PodShape>): PodShape {
  const cards = numberIn(record, 'num_gpu');
  const milli = cards === 1 ? numberIn(record, 'gpu_milli') : 1000 * cards;
  const models = (record.get('gpu_spec') ?? '').split('|').filter((model) => model !== '');
  const amounts = { cpu: numberIn(record, 'cpu_milli'), memory: mebibyte * numberIn(record, 'memory_mib') };
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
