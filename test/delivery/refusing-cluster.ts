import type { Kind } from '../../src/api/meta/kind.js';
import type { Resource } from '../../src/api/meta/resource.js';
import type { Cluster } from '../../src/cluster/cluster.js';
import type { ApiError } from '../../src/cluster/errors.js';

type Verb = 'get' | 'create' | 'patch' | 'remove';

/** A server that refuses some calls, as a quota or missing rights make it do: the embedded cluster knows neither. */
export class RefusingCluster implements Cluster {
  /** The server's answer to such a call, where it is not carried out; may be changed at any time. */
  refusal: (verb: Verb, kind: Kind<Resource>, name: string) => ApiError | undefined = () => undefined;

  constructor(private readonly inner: Cluster) {}

  get: Cluster['get'] = async (kind, ref, options) => {
    this.#ask('get', kind, ref.name);
    return this.inner.get(kind, ref, options);
  };

  create: Cluster['create'] = async (kind, object, options) => {
    this.#ask('create', kind, object.metadata.name ?? '');
    return this.inner.create(kind, object, options);
  };

  patch: Cluster['patch'] = async (kind, ref, patch, options) => {
    this.#ask('patch', kind, ref.name);
    return this.inner.patch(kind, ref, patch, options);
  };

  remove: Cluster['remove'] = async (kind, ref, options) => {
    this.#ask('remove', kind, ref.name);
    return this.inner.remove(kind, ref, options);
  };

  list: Cluster['list'] = (kind, query, options) => this.inner.list(kind, query, options);
  watch: Cluster['watch'] = (kind, query, options) => this.inner.watch(kind, query, options);
  replace: Cluster['replace'] = (kind, object, options) => this.inner.replace(kind, object, options);

  #ask(verb: Verb, kind: Kind<Resource>, name: string): void {
    const refusal = this.refusal(verb, kind, name);
    if (refusal) throw refusal;
  }
}
