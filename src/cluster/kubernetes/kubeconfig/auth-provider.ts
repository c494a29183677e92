/** The entries `auth-provider`, which exec plugins have replaced. client-go knows one of them still. */
import { CodedError, exitCodes } from '../../../support/errors.js';
import type { Duration, Instant } from '../../../support/time.js';
import { second } from '../../../support/time.js';
import type { AuthProvider } from './format.js';

/** What to use in place of those that client-go has removed. */
const replacements: ReadonlyMap<string, string> = new Map([
  ['gcp', 'gke-gcloud-auth-plugin: run `gcloud container clusters get-credentials`'],
  ['azure', 'kubelogin: run `kubelogin convert-kubeconfig`'],
]);

/** Throws CodedError KUBECONFIG_UNSUPPORTED for every provider but oidc. */
export function requireKnownProvider(user: string, { name }: AuthProvider): void {
  if (name === 'oidc') return;
  throw new CodedError(
    'KUBECONFIG_UNSUPPORTED',
    `user "${user}" of the kubeconfig has the auth-provider ${name}, which Kubernetes has removed`,
    `use an exec plugin in its place, such as ${replacements.get(name) ?? 'that of your cloud'}`,
    exitCodes.usage,
  );
}

/**
 * The token that was stored at the last login. A new one is left to kubectl and to exec plugins: who asks for it is given
 * another refresh token, often, which belongs into the kubeconfig. Throws CodedError CREDENTIALS_UNAVAILABLE.
 */
export function idTokenOf(user: string, { idToken }: AuthProvider, now: Instant): string {
  const expiry = idToken === undefined ? undefined : expiryOf(idToken);
  if (idToken !== undefined && (expiry === undefined || now < expiry)) return idToken;
  throw new CodedError(
    'CREDENTIALS_UNAVAILABLE',
    `the OpenID Connect token of user "${user}" ${idToken === undefined ? 'is missing' : 'has expired'}`,
    'any command of kubectl as this user renews it in the kubeconfig; an exec plugin such as kubelogin needs no such help',
    exitCodes.forbidden,
  );
}

/** The claim `exp` of a JSON Web Token (RFC 7519, section 4.1.4); undefined where it cannot be read. */
function expiryOf(token: string): Duration | undefined {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    if (typeof claims !== 'object' || claims === null || !('exp' in claims)) return undefined;
    return typeof claims.exp === 'number' ? claims.exp * second : undefined;
  } catch {
    return undefined;
  }
}
