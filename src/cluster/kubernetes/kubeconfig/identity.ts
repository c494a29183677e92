import { readFileSync } from 'node:fs';
import { CodedError, exitCodes, messageOf } from '../../../support/errors.js';
import type { Instant } from '../../../support/time.js';
import type { Identity, Tls } from '../credentials.js';
import { idTokenOf } from './auth-provider.js';
import { askPlugin } from './exec-plugin.js';
import type { ClusterEntry, UserEntry } from './format.js';
import type { KubeconfigOptions } from './load.js';
import { textOf } from './material.js';

type Headers = Identity['headers'];

/** Whether the kubeconfig itself says who the user is; a plugin is asked only where it does not, as client-go has it. */
const isComplete = ({ token, tokenFile, username, certificate }: UserEntry): boolean =>
  [token, tokenFile, username, certificate].some((given) => given !== undefined);

/** Whether the user's credentials come from a program. */
export const usesPlugin = (user: UserEntry): boolean => !isComplete(user) && user.plugin !== undefined;

/** Reads files and runs plugins. Throws CodedError CREDENTIALS_UNAVAILABLE. */
export async function identityOf(
  cluster: ClusterEntry,
  user: UserEntry,
  { environment = process.env, prompts = 'never' }: KubeconfigOptions,
  now: Instant,
): Promise<Identity> {
  try {
    const { plugin } = user;
    if (!plugin || isComplete(user)) {
      const headers = { ...authorizationOf(user, now), ...impersonationOf(user) };
      return { headers, tls: { ...serverTls(cluster), ...clientTls(user) } };
    }
    const { headers, expiresAt, ...certificate } = await askPlugin({ plugin, cluster, environment, prompts });
    return {
      headers: { ...headers, ...impersonationOf(user) },
      tls: { ...serverTls(cluster), ...certificate },
      ...(expiresAt !== undefined && { expiresAt }),
    };
  } catch (cause) {
    if (cause instanceof CodedError) throw cause;
    throw new CodedError(
      'CREDENTIALS_UNAVAILABLE',
      `the credentials of user "${user.name}" could not be had: ${messageOf(cause).trim()}`,
      'check the files and the exec plugin that the kubeconfig names for this user',
      exitCodes.forbidden,
      { cause },
    );
  }
}

function authorizationOf(user: UserEntry, now: Instant): Headers {
  const { token, tokenFile, username, password = '', authProvider } = user;
  // the file goes before a literal token, as client-go has it: it is the one that is renewed
  if (tokenFile !== undefined) return bearer(readFileSync(tokenFile, 'utf8').trim());
  if (token !== undefined) return bearer(token.trim());
  if (username !== undefined)
    return { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` };
  if (authProvider && !isComplete(user)) return bearer(idTokenOf(user.name, authProvider, now));
  return {};
}

const bearer = (token: string): Headers => ({ authorization: `Bearer ${token}` });

/** https://kubernetes.io/docs/reference/access-authn-authz/authentication/#user-impersonation */
function impersonationOf({ impersonation }: UserEntry): Headers {
  if (!impersonation) return {};
  const { user, uid, groups, extra } = impersonation;
  const extras = Object.entries(extra).map(([key, values]) => [
    `impersonate-extra-${encodeURIComponent(key.toLowerCase())}`,
    values,
  ]);
  return {
    'impersonate-user': user,
    ...(uid !== undefined && { 'impersonate-uid': uid }),
    ...(groups.length > 0 && { 'impersonate-group': groups }),
    ...Object.fromEntries(extras),
  };
}

const serverTls = ({ ca, verification, serverName }: ClusterEntry): Tls => ({
  ...(ca && { ca: textOf(ca) }),
  ...(verification === 'off' && { rejectUnauthorized: false }),
  ...(serverName !== undefined && { servername: serverName }),
});

const clientTls = ({ certificate, key }: UserEntry): Tls => ({
  ...(certificate && { cert: textOf(certificate) }),
  ...(key && { key: textOf(key) }),
});
