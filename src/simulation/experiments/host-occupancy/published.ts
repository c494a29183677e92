/** What Xu and Chen publish of Fig. 2: they count 80 of their 200 hosts. */
export const published = {
  hosts: 200,
  machines: 500,
  counted: 80,
  before: { high: 39, best: 10, migratable: 31 },
  after: { best: 60, light: 10, stopped: 10 },
  imbalance: 0.05,
} as const;
