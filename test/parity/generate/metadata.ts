import type { Metadata } from '../../../src/api/meta/metadata.js';

export const metadataOf = (name: string, more: Partial<Metadata> = {}): Metadata => ({
  name,
  uid: `uid-${more.namespace ?? ''}-${name}`,
  resourceVersion: '1',
  creationTimestamp: '2026-01-01T00:00:00Z',
  ...more,
});
