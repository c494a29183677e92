/** On which its program listens by default: beside those of the operator, the scheduler and the extender. */
export const rebalancerPorts = { metrics: 8086, health: 8087 } as const;
