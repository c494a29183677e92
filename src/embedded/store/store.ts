import type { Kind } from '../../api/meta/kind.js';
import { CustomResourceDefinition, Namespace } from '../../api/kubernetes.js';
import { apiVersionOf } from '../../api/meta/kind.js';
import type { Ref, Resource } from '../../api/meta/resource.js';
import type { RemoveOptions } from '../../cluster/cluster.js';
import {
  type ApiError,
  BadRequest,
  type Cause,
  Forbidden,
  InternalError,
  Invalid,
  MethodNotAllowed,
} from '../../cluster/errors.js';
import type { Clock } from '../../support/clock.js';
import type { Random } from '../../support/random.js';
import { timestamp } from '../../support/time.js';
import { misreadings, pruned } from './decode.js';
import { decideDeletion, endsByUpdate } from './deletion.js';
import { adopt, freeze, type Item, isObject, type JsonObject, type Keep, keepAll, keepTyped, shown } from './json.js';
import { customKind } from './kinds/custom.js';
import type { Admission, Find, KindRules, Subresource } from './kinds/rules.js';
import { generatedName, metadataChangeCauses, newMetadataCauses, uuid } from './metadata.js';
import { checkSize } from './object-size.js';
import {
  alreadyExists,
  conflict,
  forbidden,
  immutable,
  invalid,
  notFound,
  notServed,
  outdated,
  wrong,
} from './refusals.js';
import { Table } from './table.js';
import { contentChanged, same, specChanged, stamped, withinSubresource, withServerMetadata } from './writes.js';

export interface StoreOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** Changes per kind that a watch can resume from. */
  readonly historyLimit: number;
  /** Freeze all objects deeply, so that a program that changes one fails at once. */
  readonly frozen: boolean;
  /** What is known of the schema of a kind that a CRD defines. */
  readonly schemaOf: (kind: Kind<Resource>) => Admission | undefined;
  readonly admit: Admit;
  readonly observe?: Observe | undefined;
}

/** Told of every write, in order: the object as it is kept now, or as it was when it was deleted. */
export type Observe = (write: { readonly object: Item; readonly deleted: boolean }) => void;

/** Mutating admission: what is to be created as it was sent, in; what is created in its place, out. */
export type Admit = (kind: Kind<Resource>, object: Item) => Item;

type FieldValidation = 'Strict' | 'Warn' | 'Ignore';

/** How a write is to be checked and whether it is to be kept. */
export interface WriteMode {
  readonly subresource?: Subresource;
  readonly dryRun?: boolean;
  readonly fieldValidation?: FieldValidation;
  /** Replacing without a resourceVersion is refused for some kinds; patches are always allowed to leave it out. */
  readonly verb: 'replace' | 'patch';
}

/** What a caller wants to create, before anything is known of it. */
type NewItem = { readonly metadata: object; readonly [field: string]: unknown };

const tableKey = ({ group, plural }: Pick<Kind<Resource>, 'group' | 'plural'>): string => `${group}/${plural}`;

/** `maxNameGenerationCreateAttempts` of the API server. */
const nameAttempts = 8;

/** All objects of a cluster, changed synchronously and one at a time, as by the API server before its etcd. */
export class Store {
  readonly #tables = new Map<string, Table>();
  readonly #admissions = new Map<string, Admission>();
  #version = 1;

  constructor(private readonly options: StoreOptions) {}

  /** The newest version: the resourceVersion of lists. */
  get version(): number {
    return this.#version;
  }

  tables(): Iterable<Table> {
    return this.#tables.values();
  }

  serve(rules: KindRules): Table {
    const table = new Table(rules, this.options.historyLimit);
    this.#tables.set(tableKey(rules.kind), table);
    return table;
  }

  /** Stops serving a kind: whoever watches it is told that its objects are gone. */
  withdraw(kind: Pick<Kind<Resource>, 'group' | 'plural'>): void {
    const table = this.#tables.get(tableKey(kind));
    if (!table) return;
    for (const object of table.select({ namespace: undefined, name: undefined, node: undefined, matches: undefined }))
      this.#commit(table, object, object, 'deleted');
    this.#tables.delete(tableKey(kind));
    for (const watcher of table.watchers()) watcher.end();
  }

  /** Throws NotFound for a kind that is not served. */
  table(kind: Kind<Resource>): Table {
    const table = this.#tables.get(tableKey(kind));
    if (table?.rules.versions.includes(kind.version)) return table;
    throw notServed();
  }

  readonly #find: Find = (kind, ref) => this.#tables.get(tableKey(kind))?.get(ref.namespace, ref.name);

  /** Makes the namespaces that every cluster has. */
  start(): void {
    for (const name of initialNamespaces) this.create(Namespace, { metadata: { name } });
  }

  get(kind: Kind<Resource>, ref: Ref, subresource?: Subresource): Item {
    const table = this.table(kind);
    if (subresource === 'status' && !table.rules.hasStatus) throw notServed();
    const object = table.get(ref.namespace, ref.name);
    if (object) return object;
    throw notFound(kind, ref.name);
  }

  create(kind: Kind<Resource>, draft: NewItem, mode: Omit<WriteMode, 'verb' | 'subresource'> = {}): Item {
    const table = this.table(kind);
    const { rules } = table;
    const own = this.#read(rules, draft, undefined, { ...mode, verb: 'create' });
    const namespace = this.#namespaceFor(kind, own);
    const name = own.metadata.name || this.#generatedName(table, namespace, own.metadata.generateName);
    if (own.metadata.resourceVersion)
      throw new InternalError('resourceVersion should not be set on objects to be created');
    const {
      managedFields: _managed,
      deletionTimestamp: _at,
      deletionGracePeriodSeconds: _grace,
      generation: _generation,
      ...given
    } = own.metadata;
    const fresh: Item = {
      ...own,
      apiVersion: apiVersionOf(kind),
      kind: kind.name,
      metadata: {
        ...given,
        name,
        ...(namespace === undefined ? {} : { namespace }),
        uid: this.#uid(),
        resourceVersion: '',
        creationTimestamp: timestamp(this.options.clock.now()),
        ...(rules.generation ? { generation: 1 } : {}),
      },
    };
    const admitted = this.options.admit(kind, fresh);
    const object = this.#defaulted(table, rules.prepareCreate?.(admitted) ?? admitted, undefined);
    const causes = [...this.#causes(table, object, undefined, undefined), ...newMetadataCauses(object.metadata, rules)];
    if (causes.length > 0) throw invalid(kind, name, causes);
    rules.admit?.(object, undefined, undefined, this.#find);
    checkSize(object);
    if (table.get(namespace, name)) throw alreadyExists(kind, name);
    return mode.dryRun ? object : this.#commit(table, object, undefined);
  }

  /** A free one: a server tries so often, and leaves it then at the last. */
  #generatedName(table: Table, namespace: string | undefined, generateName = ''): string {
    let name = '';
    for (let attempt = 0; generateName !== '' && attempt < nameAttempts; attempt++) {
      name = generatedName(generateName, this.options.random.suffix(5));
      if (!table.get(namespace, name)) return name;
    }
    return name;
  }

  /** Changes an object to what `change` makes of it. Returns the new state; the old one when nothing changed. */
  update(kind: Kind<Resource>, ref: Ref, mode: WriteMode, change: (old: Item) => unknown): Item {
    const table = this.table(kind);
    const { rules } = table;
    if (!serves(rules, mode.subresource)) throw notServed();
    const old = this.get(kind, ref);
    const wanted = change(old);
    if (wanted === old) return old;
    if (!isObject(wanted) || !isObject(wanted.metadata)) throw unreadable(kind, mode, 'the patch leaves no object');
    const sent = this.#read(rules, wanted, old, mode);
    if (sent === old) return old;
    this.#checkIdentity(kind, sent, old, ref, mode.verb);
    this.#checkVersion(rules, sent, old, mode.verb);
    let object = withServerMetadata(sent, old);
    object = withinSubresource(object, old, rules, mode.subresource);
    object = rules.prepareUpdate?.(object, old, mode.subresource) ?? object;
    object = this.#defaulted(table, object, old);
    if (same(object, old)) return old;
    const causes = [
      ...metadataChangeCauses(object.metadata, old.metadata, rules),
      ...this.#causes(table, object, old, mode.subresource),
    ];
    if (causes.length > 0) throw invalid(kind, ref.name, causes);
    if (
      rules.generation &&
      mode.subresource !== 'status' &&
      (specChanged(object, old) || countsAnnotations(object, old))
    )
      object = { ...object, metadata: { ...object.metadata, generation: (old.metadata.generation ?? 0) + 1 } };
    rules.admit?.(object, old, mode.subresource, this.#find);
    if (contentChanged(object, old)) checkSize(object);
    if (mode.dryRun) return object;
    if (endsByUpdate(object, old, rules)) {
      this.#commit(table, old, old, 'deleted');
      return object;
    }
    return this.#commit(table, object, old);
  }

  /** A change that the server itself makes for a subresource: beyond what writers of the object may do. */
  change(kind: Kind<Resource>, ref: Ref, change: (old: Item) => Item): Item {
    const table = this.table(kind);
    const old = this.get(kind, ref);
    const object = adopt(change(old), old, keepOf(table.rules)) as Item;
    return object === old ? old : this.#commit(table, object, old);
  }

  /** The object while something still holds it; nothing when it is gone. */
  remove(kind: Kind<Resource>, ref: Ref, options: RemoveOptions): Item | undefined {
    const table = this.table(kind);
    const old = this.get(kind, ref);
    if (kind.group === '' && kind.plural === 'namespaces' && lasting.has(ref.name))
      throw forbidden(kind, ref.name, 'this namespace may not be deleted');
    const { marked, remove } = decideDeletion(old, options, table.rules, this.options.clock.now());
    const object = marked && marked !== old ? this.#commit(table, marked, old) : old;
    if (!remove) return object;
    this.#commit(table, object, object, 'deleted');
    return undefined;
  }

  #commit(table: Table, object: Item, before: Item | undefined, fate: 'kept' | 'deleted' = 'kept'): Item {
    const version = ++this.#version;
    const result = stamped(object, version);
    if (this.options.frozen) freeze(result);
    table.commit({ version, object: result, before, deleted: fate === 'deleted' });
    this.options.observe?.({ object: result, deleted: fate === 'deleted' });
    if (table.rules.kind.plural === CustomResourceDefinition.plural) this.#follow(result, fate);
    return result;
  }

  /** A definition makes its kind served; without it the kind and its objects are gone. */
  #follow(definition: Item, fate: 'kept' | 'deleted'): void {
    const rules = customKind(definition);
    if (fate === 'deleted') this.withdraw(rules.kind);
    else {
      const table = this.#tables.get(tableKey(rules.kind));
      if (table) table.rules = rules;
      else this.serve(rules);
      const schema = this.options.schemaOf(rules.kind);
      if (schema) this.#admissions.set(tableKey(rules.kind), schema);
    }
  }

  #defaulted(table: Table, object: Item, old: Item | undefined): Item {
    const { rules } = table;
    const admission = this.#admissions.get(tableKey(rules.kind));
    let result = object;
    if (old && !contentChanged(object, old)) return object;
    if (!old || specChanged(object, old)) result = rules.defaults?.(result) ?? result;
    result = admission?.defaults?.(result) ?? result;
    return result === object ? object : (adopt(result, old, keepOf(rules)) as Item);
  }

  #causes(table: Table, object: Item, old: Item | undefined, subresource: Subresource): readonly Cause[] {
    const { rules } = table;
    const causes = rules.validate?.(object, old, subresource) ?? [];
    const admission = this.#admissions.get(tableKey(rules.kind));
    if (!admission?.validate || (old && !contentChanged(object, old))) return causes;
    return [...causes, ...admission.validate(object, old)];
  }

  /** Takes in what was sent, as far as it can be read. Throws BadRequest for what cannot; for a patch, Invalid. */
  #read({ kind, shape, origin }: KindRules, sent: JsonObject, old: Item | undefined, mode: ReadMode): Item {
    const { apiVersion = apiVersionOf(kind), kind: name = kind.name } = sent;
    if (apiVersion !== apiVersionOf(kind))
      throw unreadable(
        kind,
        mode,
        `the API version in the data (${shown(apiVersion)}) does not match the expected API version (${apiVersionOf(kind)})`,
      );
    if (name !== kind.name) throw unreadable(kind, mode, `the kind in the data (${shown(name)}) is not ${kind.name}`);
    const keep = origin === 'custom' ? keepAll : keepTyped;
    const own = adopt(sent, old, keep) as Item;
    if (own === old) return own;
    const { mistyped, unknown } = misreadings(own, old, shape, origin === 'custom' ? isEnvelope : always);
    if (mistyped) throw unreadable(kind, mode, mistyped);
    if (unknown.length === 0) return own;
    if ((mode.fieldValidation ?? 'Strict') !== 'Strict') return adopt(pruned(own, shape), old, keep) as Item;
    throw unreadable(
      kind,
      mode,
      `strict decoding error: ${unknown.map((field) => `unknown field "${field}"`).join(', ')}`,
    );
  }

  #checkIdentity(kind: Kind<Resource>, object: Item, old: Item, ref: Ref, verb: WriteMode['verb']): void {
    const { name, namespace, uid } = object.metadata;
    if (name !== ref.name)
      throw new BadRequest(`the name of the object (${name}) does not match the name on the URL (${ref.name})`);
    if (namespace !== undefined && namespace !== ref.namespace)
      throw new BadRequest('the namespace of the provided object does not match the namespace sent on the request');
    if (!uid || uid === old.metadata.uid) return;
    if (verb === 'patch') throw invalid(kind, name, [immutable('metadata.uid', uid)]);
    throw conflict(
      kind,
      name,
      `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${old.metadata.uid}`,
    );
  }

  #checkVersion(
    { kind, replaceNeedsVersion }: KindRules,
    { metadata }: Item,
    old: Item,
    verb: WriteMode['verb'],
  ): void {
    const { resourceVersion } = metadata;
    if (!resourceVersion) {
      if (replaceNeedsVersion && verb === 'replace')
        throw invalid({ ...kind, name: kind.plural }, metadata.name, [
          wrong('metadata.resourceVersion', 0, 'must be specified for an update'),
        ]);
    } else if (resourceVersion !== old.metadata.resourceVersion) throw conflict(kind, metadata.name, outdated);
  }

  #namespaceFor(kind: Kind<Resource>, object: Item): string | undefined {
    const { namespace, name } = object.metadata;
    if (!kind.namespaced) {
      if (namespace)
        throw new BadRequest('the namespace of the provided object does not match the namespace sent on the request');
      return undefined;
    }
    if (!namespace) throw new MethodNotAllowed('the server does not allow this method on the requested resource');
    const home = this.#find(Namespace, { name: namespace });
    if (!home) throw notFound(Namespace, namespace);
    if (home.metadata.deletionTimestamp !== undefined)
      throw new Forbidden(
        `${kind.plural}${kind.group === '' ? '' : `.${kind.group}`} "${name ?? ''}" is forbidden: unable to create new content in namespace ${namespace} because it is being terminated`,
        {
          causes: [
            {
              reason: 'NamespaceTerminating',
              message: `namespace ${namespace} is being terminated`,
              field: 'metadata.namespace',
            },
          ],
        },
      );
    return namespace;
  }

  #uid(): string {
    let digits = '';
    for (let i = 0; i < 4; i++)
      digits += Math.floor(this.options.random.uniform() * 2 ** 32)
        .toString(16)
        .padStart(8, '0');
    return uuid(digits);
  }
}

const initialNamespaces = ['default', 'kube-system', 'kube-public', 'kube-node-lease'];

type ReadMode = Pick<WriteMode, 'fieldValidation'> & { readonly verb: WriteMode['verb'] | 'create' };

function unreadable(kind: Kind<Resource>, { verb }: ReadMode, why: string): ApiError {
  if (verb === 'patch') {
    const cause = { field: 'patch', reason: 'FieldValueInvalid', message: `Invalid value: ${why}` };
    return new Invalid(`The request is invalid: patch: ${cause.message}`, { causes: [cause] });
  }
  return new BadRequest(`${kind.name} in version "${kind.version}" cannot be handled as a ${kind.name}: ${why}`);
}

const serves = ({ hasStatus, subresources }: KindRules, subresource: Subresource): boolean =>
  subresource === undefined || (subresource === 'status' ? hasStatus : subresources?.includes(subresource) === true);

/** A Deployment's generation counts changes of its annotations too. */
const countsAnnotations = (object: Item, old: Item): boolean =>
  object.kind === 'Deployment' && object.metadata.annotations !== old.metadata.annotations;

/** Namespaces that the server needs itself. */
const lasting: ReadonlySet<string> = new Set(['default', 'kube-system', 'kube-public']);

const keepOf = ({ origin }: KindRules): Keep => (origin === 'custom' ? keepAll : keepTyped);

const always = () => true;
const isEnvelope = (path: string) => /^(apiVersion|kind|metadata)\b/.test(path);
