import { stringify } from 'yaml';
import { customResourceDefinitions } from '../../src/api/crds.js';

/** The files below deploy/ that are made from the source: their paths from the repository's root, and their text. */
export function generatedFiles(): ReadonlyMap<string, string> {
  return new Map(
    customResourceDefinitions.map((crd) => [
      `deploy/crds/${crd.metadata.name}.yaml`,
      `# Made from src/api by \`npm run generate\`: change it there.\n${stringify(crd, yaml)}`,
    ]),
  );
}

const yaml = { lineWidth: 0, aliasDuplicateObjects: false };
