import https from 'node:https';
import type { ControlPlane } from '../../test/control-plane/control-plane.js';

/** Requests that the API server has counted, by `VERB resource/subresource`. */
export async function requestCounts(plane: ControlPlane): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  for (const line of (await text(plane)).split('\n')) {
    const match = /^apiserver_request_total\{(.*)\} ([0-9.e+]+)$/.exec(line);
    if (!match) continue;
    const label = (name: string) => new RegExp(`(?:^|,)${name}="([^"]*)"`).exec(match[1] ?? '')?.[1] ?? '';
    const key = `${label('verb')} ${[label('resource'), label('subresource')].filter(Boolean).join('/')}`;
    counts.set(key, (counts.get(key) ?? 0) + Number(match[2]));
  }
  return counts;
}

function text(plane: ControlPlane): Promise<string> {
  return new Promise((resolve, reject) => {
    https
      .get(
        `${plane.url}/metrics`,
        { ca: plane.ca, agent: false, headers: { authorization: `Bearer ${plane.adminToken}` } },
        (response) => {
          let body = '';
          response.setEncoding('utf8');
          response.on('data', (chunk: string) => {
            body += chunk;
          });
          response.on('end', () => resolve(body));
        },
      )
      .on('error', reject);
  });
}
