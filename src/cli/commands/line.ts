import { Command } from 'commander';
import type { Io } from '../io.js';
import { lineDefaultCommand } from './line-default.js';
import { lineDescribeCommand } from './line-describe.js';
import { lineListCommand } from './line-list.js';

export function lineCommand(io: Io): Command {
  return new Command('line')
    .description('production lines: the stages by which containers are made, delivered and reclaimed')
    .addCommand(lineListCommand(io))
    .addCommand(lineDescribeCommand(io))
    .addCommand(lineDefaultCommand(io));
}
