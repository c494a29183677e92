#!/usr/bin/env node
import module from 'node:module';

// Node.js 20 has no such cache. It must be on before what it is to keep is loaded: so nothing else is imported here.
if ('enableCompileCache' in module && typeof module.enableCompileCache === 'function') module.enableCompileCache();
await import('./start.js');
