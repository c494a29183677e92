/** `node print-trace-hash.js SEED` */
import { traceHash } from './trace-hash.js';

console.log(await traceHash(Number(process.argv[2])));
