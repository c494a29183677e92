/** The stage as a server: PENSTOCK_KEY is what stands in the Secret, PORT where it listens. */
import { createServer } from 'node:http';
import { isGenuine, judge } from './stage.js';

const key = process.env.PENSTOCK_KEY;
if (!key) throw new Error('set PENSTOCK_KEY to the key that stands in the Secret');
const port = Number(process.env.PORT ?? 8443);
const largest = 256 * 1024;

const server = createServer((request, response) => {
  let body = '';
  request.setEncoding('utf8').on('data', (chunk) => {
    body += chunk;
    if (body.length > largest) request.destroy();
  });
  request.on('end', () => {
    if (!isGenuine(request.headers, body, key, Date.now())) return response.writeHead(401).end();
    const verdict = judge(JSON.parse(body));
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(verdict));
  });
});
server.listen(port, () => console.log(`listening on port ${server.address().port}`));
