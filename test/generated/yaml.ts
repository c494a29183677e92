/** How generated YAML is written: a line stays a line, and nothing points elsewhere. */
export const yaml = { lineWidth: 0, aliasDuplicateObjects: false } as const;
