/** The paper's limits: after, no resource of a node is used more than this, and no node's load (volume) is over 16. */
export const limits = { use: 0.9, volume: 16 } as const;
