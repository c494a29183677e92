import { readFile } from 'node:fs/promises';
import type { Ref } from '../../api/meta/resource.js';
import type { Cluster } from '../../cluster/cluster.js';
import { type Credentials, RotatingCredentials } from '../../cluster/kubernetes/credentials.js';
import type { HttpClient } from '../../runtime/index.js';
import type { Clock } from '../../support/clock.js';
import { CodedError } from '../../support/errors.js';
import type { Logger } from '../../support/log.js';
import { minute } from '../../support/time.js';
import type { UseConfiguration } from '../configuration/schema.js';
import { KubeletSource } from './kubelet/kubelet-source.js';
import { readerCredentials } from './kubelet/reader-credentials.js';
import { MetricsApiSource, type MetricsApiSourceOptions } from './metrics-api/metrics-api-source.js';
import { PrometheusSource } from './prometheus/prometheus-source.js';
import { nodeExporterQueries } from './prometheus/queries.js';
import { tokenFile } from './token-file.js';
import type { UseSource } from './use-source.js';

/** What sources are made from. */
export interface SourceParts {
  readonly cluster: Cluster;
  /** Where the account stands as which kubelets are asked. */
  readonly namespace: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** One that keeps its connections. */
  readonly http: HttpClient;
  /** Gets what the server tells that is no object of a kind; absent where there is no such server. */
  readonly document?: MetricsApiSourceOptions['document'];
  /** On which node a pod is, for who wants the use of pods from the metrics API too. */
  readonly nodeOf?: MetricsApiSourceOptions['nodeOf'];
}

/** The source that a configuration names; `undefined`: none is to be read. */
export async function openSource(use: UseConfiguration, parts: SourceParts): Promise<UseSource | undefined> {
  const { clock, http } = parts;
  switch (use.source) {
    case 'none':
      return undefined;
    case 'metrics-api': {
      const { document, nodeOf } = parts;
      if (!document) throw new CodedError('NO_METRICS_API', 'this cluster serves no metrics API');
      return new MetricsApiSource({ document, clock, ...(nodeOf && { nodeOf }) });
    }
    case 'kubelet': {
      const { insecureSkipTLSVerify, disk, caFile } = use;
      return new KubeletSource({
        http,
        clock,
        credentials: credentialsOf(use, parts),
        ca: await read(caFile),
        insecureSkipTLSVerify,
        disk,
      });
    }
    case 'prometheus': {
      const { url, label, queries, insecureSkipTLSVerify, caFile, tokenFile: path } = use;
      return new PrometheusSource({
        http,
        clock,
        url,
        ca: await read(caFile),
        insecureSkipTLSVerify,
        ...(label !== undefined && { label }),
        ...(queries && { queries: { ...nodeExporterQueries, use: queries } }),
        ...(path !== undefined && { token: tokenFile(path, clock) }),
      });
    }
  }
}

function credentialsOf(
  { tokenFile: path, serviceAccount }: Extract<UseConfiguration, { source: 'kubelet' }>,
  { cluster, namespace, clock, logger }: SourceParts,
): Credentials {
  const account: Ref = { namespace, name: serviceAccount };
  if (path === undefined) return readerCredentials(cluster, account, clock, logger);
  const token = tokenFile(path, clock);
  const load = async () => ({ headers: { authorization: `Bearer ${await token()}` }, tls: {} });
  return new RotatingCredentials({ load, rereadAfter: minute }, clock, logger);
}

async function read(path: string | undefined): Promise<string | undefined> {
  return path === undefined ? undefined : readFile(path, 'utf8');
}
