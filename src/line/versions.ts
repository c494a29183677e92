import type { ProductionLine } from '../api/production-line.js';

/** A version of a line, as it is noted on containers: `NAME@GENERATION.UID`, the uid shortened. */
export const versionOf = ({ name, uid }: { readonly name: string; readonly uid: string }, generation: number): string =>
  `${name}@${generation}.${uid.slice(0, 8)}`;

/** The name of the line that a version is one of. */
export const lineNameOf = (version: string): string => version.slice(0, version.lastIndexOf('@'));

/** What a line remembers of a version; `undefined`: it is forgotten, or the line is gone. */
export const rememberedAs = (line: ProductionLine | undefined, version: string) =>
  line?.status?.accepted?.find(({ generation }) => versionOf(line.metadata, generation) === version);
