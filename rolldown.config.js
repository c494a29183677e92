// The program and the library as they are packed: a file for what is always needed, and one for each command, in place of
// one for each module. Packages stay where they are, to be shared, audited and updated by themselves.
import { defineConfig } from 'rolldown';

export default defineConfig({
  input: {
    'cli/main': 'src/cli/main.ts',
    'client/library': 'src/client/library.ts',
    'client/testing': 'src/client/testing.ts',
  },
  external: /^[@a-z]/,
  platform: 'node',
  output: {
    // all at one depth: what is found beside dist/ (package.json) goes by the place of the file that looks for it
    dir: 'dist',
    chunkFileNames: 'chunks/[name].js',
    cleanDir: true,
  },
});
