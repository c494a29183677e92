/** On which its program listens by default: beside the operator's, so that both can run on one machine. */
export const schedulerPorts = { metrics: 8082, health: 8083 } as const;
