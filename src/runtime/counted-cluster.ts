import type { Cluster } from '../cluster/cluster.js';
import { ApiError } from '../cluster/errors.js';
import type { RuntimeMetrics } from './metrics.js';

/** The same cluster, except that every request is counted with its answer. `host` is the server's name. */
export function countedCluster(cluster: Cluster, host: string, metrics: Pick<RuntimeMetrics, 'request'>): Cluster {
  const counted = async <T>(method: string, code: number, call: Promise<T>): Promise<T> => {
    try {
      const answer = await call;
      metrics.request(method, String(code), host);
      return answer;
    } catch (error) {
      const status = error instanceof ApiError ? error.code : 0;
      metrics.request(method, status === 0 ? '<error>' : String(status), host);
      throw error;
    }
  };
  return {
    get: (kind, ref, options) => counted('GET', 200, cluster.get(kind, ref, options)),
    list: (kind, query, options) => counted('GET', 200, cluster.list(kind, query, options)),
    watch: (kind, query, options) => {
      metrics.request('GET', '200', host);
      return cluster.watch(kind, query, options);
    },
    create: (kind, object, options) => counted('POST', 201, cluster.create(kind, object, options)),
    replace: (kind, object, options) => counted('PUT', 200, cluster.replace(kind, object, options)),
    patch: (kind, ref, patch, options) => counted('PATCH', 200, cluster.patch(kind, ref, patch, options)),
    remove: (kind, ref, options) => counted('DELETE', 200, cluster.remove(kind, ref, options)),
  };
}
