import https from 'node:https';
import type { ControlPlane } from '../../test/control-plane/control-plane.js';

const continueMark = /"continue":"([^"]+)"/;

/** The limit: a client that asks for all pods in pages of 500, reads the bytes and drops them. */
export async function bareList(plane: ControlPlane): Promise<{ readonly took: number; readonly bytes: number }> {
  const agent = new https.Agent({ keepAlive: true, ca: plane.ca });
  const start = performance.now();
  let bytes = 0;
  let next: string | undefined = '';
  while (next !== undefined) {
    const page: { readonly head: string; readonly bytes: number } = await get(
      plane,
      agent,
      `/api/v1/pods?limit=500${next === '' ? '' : `&continue=${encodeURIComponent(next)}`}`,
    );
    bytes += page.bytes;
    next = continueMark.exec(page.head)?.[1];
  }
  agent.destroy();
  return { took: performance.now() - start, bytes };
}

/** The length of an answer, and its first part: a list begins with its metadata. */
function get(
  plane: ControlPlane,
  agent: https.Agent,
  path: string,
): Promise<{ readonly head: string; readonly bytes: number }> {
  return new Promise((done, reject) => {
    const headers = { authorization: `Bearer ${plane.adminToken}`, accept: 'application/json' };
    const request = https.get(plane.url + path, { agent, headers }, (response) => {
      let head = '';
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        if (head.length < 1000) head += chunk.subarray(0, 1000).toString();
        bytes += chunk.length;
      });
      response.on('end', () =>
        response.statusCode === 200
          ? done({ head, bytes })
          : reject(new Error(`GET ${path}: HTTP ${response.statusCode}`)),
      );
    });
    request.on('error', reject);
  });
}
