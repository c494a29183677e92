/** Which line a pool's containers go by. */
import type { ContainerClaimSpec } from '../api/container-claim.js';
import type { ContainerPool } from '../api/container-pool.js';
import type { Pod } from '../api/kubernetes.js';
import { defaultLine, ProductionLine } from '../api/production-line.js';
import { productionLineSpec } from '../api/production-line-schema.js';
import type { Cache } from '../runtime/index.js';
import type { Chain } from './chain.js';
import { type CompiledLine, compileLine, type Reclaim } from './compile.js';
import { isProducing, isStocked, lineVersionOf } from './pod-state.js';
import type { Workshop } from './stage-type.js';
import { lineNameOf, rememberedAs, versionOf } from './versions.js';
import { withBoundedCalls } from './webhook/settings.js';
import type { DeliverWork, ProduceWork, ReclaimWork } from './work.js';

/** Compiled lines that are kept; of more the oldest is compiled again when it is asked for. */
const remembered = 256;

/** Why there is no line to work by, in one word and in a sentence. */
export interface NoLine {
  readonly reason: 'LineNotFound' | 'LineNotAccepted';
  readonly message: string;
}

export const isNoLine = (line: CompiledLine | NoLine): line is NoLine => 'reason' in line;

/**
 * The lines, as they were last accepted: that is in their status, so a restarted operator works on by the same. What has
 * begun by one version goes on by it, as long as the line remembers it (`keptVersions`).
 */
export class Lines {
  readonly #builtIn: CompiledLine;
  readonly #compiled = new Map<string, CompiledLine>();

  constructor(
    private readonly cache: Cache,
    private readonly workshop: Workshop,
  ) {
    const compiled = compileLine(defaultLine, workshop);
    if ('objections' in compiled) throw new Error(`the built-in line is broken: ${compiled.objections.join('; ')}`);
    this.#builtIn = compiled.made;
  }

  /** What new work of this pool goes by. */
  of(pool: ContainerPool | undefined): CompiledLine | NoLine {
    const name = pool?.spec.line?.name;
    if (!pool || name === undefined) return this.#builtIn;
    const { namespace } = pool.metadata;
    const line = this.cache.get(ProductionLine, `${namespace}/${name}`);
    if (!line)
      return { reason: 'LineNotFound', message: `there is no ProductionLine ${name} in namespace ${namespace}` };
    const [newest] = line.status?.accepted ?? [];
    const found = newest && this.#compile(line, newest);
    if (found) return found;
    const said = line.status?.conditions?.find(({ type }) => type === 'Accepted')?.message;
    return {
      reason: 'LineNotAccepted',
      message: `ProductionLine ${name} has never been accepted${said === undefined ? '' : `: ${said}`}`,
    };
  }

  /** The chain by which a container of this pool goes. */
  reclaiming(pool: ContainerPool | undefined, { cleaning }: ReclaimWork): Chain<ReclaimWork> {
    const { whole, cleaning: rest } = this.ends(pool);
    return cleaning ? rest : whole;
  }

  /** How containers of this pool end: that must be possible whatever has become of its line. */
  ends(pool: ContainerPool | undefined): Reclaim {
    const line = this.of(pool);
    return isNoLine(line) ? this.#builtIn.reclaim : line.reclaim;
  }

  /** The chain that delivers this container: one from stock by its pool's line, one that was delivered by its own. */
  delivering({ pod }: DeliverWork, pool: ContainerPool | undefined): Chain<DeliverWork> {
    const present = isStocked(pod) && this.of(pool);
    if (present && !isNoLine(present)) return present.deliver;
    return (this.#ofPod(pod) ?? this.#builtIn).deliver;
  }

  /** The hooks that are for a delivered container of this claim: those of the line that it was delivered by. */
  hooksFor(pod: Pod, { hooks = [] }: Pick<ContainerClaimSpec, 'hooks'>): readonly string[] {
    const line = this.#ofPod(pod);
    return line
      ? line.hooks.filter(({ name, onlyAsked }) => !onlyAsked || hooks.includes(name)).map(({ name }) => name)
      : [];
  }

  /** The chain by which a container gets into stock; `undefined`: the version that it began by is forgotten. */
  producing(pod: Pod): Chain<ProduceWork> | undefined {
    return isProducing(pod) ? this.#ofPod(pod)?.produce : this.#builtIn.produce;
  }

  /** By the version that the container notes; `undefined`: it is forgotten, or not to be worked by any more. */
  #ofPod(pod: Pod): CompiledLine | undefined {
    const version = lineVersionOf(pod);
    if (version === undefined) return this.#builtIn;
    const line = this.cache.get(ProductionLine, `${pod.metadata.namespace}/${lineNameOf(version)}`);
    const accepted = rememberedAs(line, version);
    return line && accepted && this.#compile(line, accepted);
  }

  #compile(
    { metadata }: ProductionLine,
    { generation, spec }: { readonly generation: number; readonly spec: object },
  ): CompiledLine | undefined {
    const version = versionOf(metadata, generation);
    const key = `${metadata.namespace}/${version}`;
    const known = this.#compiled.get(key);
    if (known) return known;
    const { data } = productionLineSpec.safeParse(spec);
    const compiled = data && compileLine(withBoundedCalls(data), this.workshop, version);
    if (!compiled || 'objections' in compiled) return undefined;
    this.#compiled.set(key, compiled.made);
    if (this.#compiled.size > remembered)
      for (const [oldest] of this.#compiled) {
        this.#compiled.delete(oldest);
        break;
      }
    return compiled.made;
  }
}

/** Why a claim cannot be served by this line. Pure. */
export function lineObjection({ hooks = [], items }: ContainerClaimSpec, line: CompiledLine): string | undefined {
  const unknown = hooks.find((name) => !line.hooks.some((hook) => hook.name === name));
  if (unknown !== undefined) {
    const names = line.hooks.map(({ name }) => name).join(', ') || 'none';
    return `asks for the hook ${unknown}; the line of its pool has ${names}`;
  }
  const resizes = line.deliver.stages.some(({ name }) => name === 'resize');
  return !resizes && items.some(({ resources, shape }) => resources !== undefined || shape !== undefined)
    ? 'asks for a size; the line of its pool has no stage resize'
    : undefined;
}
