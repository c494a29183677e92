import { BadRequest, UnsupportedMediaType } from '../../../cluster/errors.js';
import type { Patch } from '../../../cluster/patch.js';
import { isObject } from '../json.js';
import { applyJsonPatch } from './json.js';
import { applyMergePatch } from './merge.js';
import { applyStrategicPatch } from './strategic.js';

/** The document that `patch` makes of this one. `custom`: of a kind that a CRD defines, whose list keys nobody knows. */
export function applyPatch(document: unknown, patch: Patch, kind: 'built-in' | 'custom'): unknown {
  switch (patch.type) {
    case 'json':
      return applyJsonPatch(document, patch.operations);
    case 'merge':
      checkBody(patch.body);
      return applyMergePatch(document, patch.body);
    case 'strategic':
      checkBody(patch.body);
      if (kind === 'built-in') return applyStrategicPatch(document, patch.body);
      throw new UnsupportedMediaType(
        'the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml',
      );
  }
}

function checkBody(body: unknown): void {
  if (!isObject(body)) throw new BadRequest('error decoding patch: a merge patch is an object');
}
