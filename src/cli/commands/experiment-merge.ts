import { mkdirSync } from 'node:fs';
import { Command } from 'commander';
import { experimentNamed, mergeParts, readRun } from '../../simulation/index.js';
import type { Io } from '../io.js';
import { partFolders } from '../experiment/part-folders.js';
import { writeReports } from '../experiment/write-reports.js';

export function experimentMergeCommand(io: Io): Command {
  const command = new Command('merge')
    .description('put the parts of a run together that ran as shards')
    .argument('<folders...>', 'folders of the parts, or a folder that holds them')
    .requiredOption('--out <folder>', 'folder of the whole')
    .option('--json', 'print the result as JSON');
  return command.action(async (folders: readonly string[], { out, json }: { out: string; json?: boolean }) => {
    const parts = partFolders(folders, out).map((folder) => ({ folder, ...readRun(folder) }));
    const request = parts[0]?.header.request;
    const experiment = experimentNamed(request?.experiment ?? '');
    const result = mergeParts(parts, experiment);
    mkdirSync(out, { recursive: true });
    await writeReports(io, { experiment, result, folder: out, json: json === true });
  });
}
