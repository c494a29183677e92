import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathOf } from './binaries.js';
import { freePorts } from './ports.js';
import { Companion } from './process.js';

/** Bodies of patches of pods; of all other writes that they were. npm runs its commands in the project's folder. */
const auditPolicy = resolve('test/control-plane/audit-policy.yaml');

export interface ControlPlaneOptions {
  /** Also run kube-controller-manager: garbage collection, namespaces, ReplicaSets, service accounts. */
  readonly controllers?: boolean;
  /** Give pods the service account of their namespace, with its token, as clusters do. Needs `controllers`. */
  readonly serviceAccounts?: boolean;
  /** Keep an audit log: of all writes, see test/control-plane/audit.ts, and of all calls of service accounts, see calls.ts. */
  readonly audit?: boolean;
  /** Users without any right of their own, see `kubeconfigOfUser`. */
  readonly users?: readonly string[];
  /** More flags for kube-apiserver; the last one wins. */
  readonly apiServerFlags?: readonly string[];
}

/** A real control plane for tests, on loopback, in a folder of its own that goes with it. */
export class ControlPlane {
  /** The users of the kubeconfigs that were written, by their names. */
  readonly #kubeconfigs = new Map<string, Readonly<Record<string, string>>>();

  private constructor(
    readonly url: string,
    /** Of the admin; `kubeconfigOf` writes more. */
    readonly kubeconfig: string,
    readonly adminToken: string,
    /** Of a user without any right. */
    readonly userToken: string,
    /** JSON lines; only with `audit`. */
    readonly auditLog: string,
    /** Signs the tokens of service accounts; PEM. */
    readonly serviceAccountKey: string,
    private readonly userTokens: ReadonlyMap<string, string>,
    private readonly folder: string,
    private readonly etcd: Companion,
    private readonly apiServer: Companion,
    private readonly controllers: Companion | undefined,
  ) {}

  static async start(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
    const folder = mkdtempSync(join(tmpdir(), 'penstock-control-plane-'));
    const path = (name: string) => join(folder, name);
    const [client = 0, peer = 0, secure = 0] = await freePorts(3);
    const [adminToken, userToken, controllerToken] = [1, 2, 3].map(() => randomBytes(16).toString('hex')) as [
      string,
      string,
      string,
    ];
    const userTokens = new Map((options.users ?? []).map((user) => [user, randomBytes(16).toString('hex')]));
    const tokens = [
      `${adminToken},admin,admin,system:masters`,
      `${userToken},visitor,visitor`,
      `${controllerToken},system:kube-controller-manager,kcm`,
      ...[...userTokens].map(([user, token]) => `${token},${user},${user}`),
    ];
    writeFileSync(path('tokens.csv'), `${tokens.join('\n')}\n`);
    const keys = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    });
    writeFileSync(path('sa.key'), keys.privateKey, { mode: 0o600 });
    writeFileSync(path('sa.pub'), keys.publicKey);
    mkdirSync(path('certificates'));

    const etcdUrl = `http://127.0.0.1:${client}`;
    const peerUrl = `http://127.0.0.1:${peer}`;
    const url = `https://127.0.0.1:${secure}`;
    const certificate = path('certificates/apiserver.crt');
    const companion = (program: Parameters<typeof pathOf>[0], flags: readonly string[]) =>
      new Companion(program, pathOf(program), flags, path(`${program}.log`));

    const etcd = companion('etcd', [
      `--data-dir=${path('etcd')}`,
      '--unsafe-no-fsync',
      '--log-level=warn',
      `--listen-client-urls=${etcdUrl}`,
      `--advertise-client-urls=${etcdUrl}`,
      `--listen-peer-urls=${peerUrl}`,
      `--initial-advertise-peer-urls=${peerUrl}`,
      `--initial-cluster=default=${peerUrl}`,
    ]);
    const apiServer = companion('kube-apiserver', [
      `--etcd-servers=${etcdUrl}`,
      '--bind-address=127.0.0.1',
      '--advertise-address=127.0.0.1',
      `--secure-port=${secure}`,
      // it makes its own serving certificate there
      `--cert-dir=${path('certificates')}`,
      '--endpoint-reconciler-type=none',
      '--service-account-issuer=https://kubernetes.default.svc',
      `--service-account-key-file=${path('sa.pub')}`,
      `--service-account-signing-key-file=${path('sa.key')}`,
      '--service-cluster-ip-range=10.96.0.0/16',
      `--token-auth-file=${path('tokens.csv')}`,
      '--authorization-mode=RBAC',
      '--profiling=false',
      ...withoutUse(options).map((plugin) => `--disable-admission-plugins=${plugin}`),
      ...(options.audit
        ? [
            `--audit-policy-file=${auditPolicy}`,
            `--audit-log-path=${path('audit.log')}`,
            // what was answered is in the log, even of a server that is killed
            '--audit-log-mode=blocking',
          ]
        : []),
      ...(options.apiServerFlags ?? []),
    ]);
    const controllers = options.controllers
      ? companion('kube-controller-manager', [
          `--kubeconfig=${path('controllers.kubeconfig')}`,
          '--bind-address=127.0.0.1',
          '--secure-port=0',
          '--leader-elect=false',
          '--use-service-account-credentials=true',
          `--service-account-private-key-file=${path('sa.key')}`,
          // no nodes, clouds or routes here: what tests need, and it starts in half the time
          `--controllers=${neededControllers.join(',')}`,
        ])
      : undefined;

    const plane = new ControlPlane(
      url,
      path('kubeconfig'),
      adminToken,
      userToken,
      path('audit.log'),
      keys.privateKey,
      userTokens,
      folder,
      etcd,
      apiServer,
      controllers,
    );
    try {
      etcd.start();
      apiServer.start();
      await apiServer.until(async () => existsSync(certificate) && (await plane.#ready()), 90_000);
      plane.kubeconfigOf(adminToken, 'kubeconfig');
      if (controllers) {
        plane.kubeconfigOf(controllerToken, 'controllers.kubeconfig');
        controllers.start();
        await controllers.until(() => plane.#serviceAccountExists(), 60_000);
      }
      return plane;
    } catch (error) {
      await plane.stop();
      throw error;
    }
  }

  /** The authority that signed the server's certificate, PEM. */
  get ca(): string {
    return readFileSync(this.#certificate, 'utf8');
  }

  get #certificate(): string {
    return join(this.folder, 'certificates', 'apiserver.crt');
  }

  /** Writes a kubeconfig for whoever has `token`, and returns its path. */
  kubeconfigOf(token: string, name: string): string {
    return this.kubeconfigFor({ token }, name);
  }

  /** The same for a user as a kubeconfig describes one, such as by the files of a certificate. */
  kubeconfigFor(user: Readonly<Record<string, string>>, name: string): string {
    this.#kubeconfigs.set(name, user);
    const file = join(this.folder, name);
    writeFileSync(
      file,
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'Config',
        'current-context': 'test',
        clusters: [
          {
            name: 'test',
            cluster: { server: this.url, 'certificate-authority-data': Buffer.from(this.ca).toString('base64') },
          },
        ],
        users: [{ name: 'test', user }],
        contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
      }),
    );
    return file;
  }

  /** The path of a kubeconfig for one of `users`. */
  kubeconfigOfUser(user: string): string {
    const token = this.userTokens.get(user);
    if (token === undefined) throw new Error(`the control plane was started without a user ${user}`);
    return this.kubeconfigOf(token, `${user}.kubeconfig`);
  }

  /** Stops kube-apiserver (SIGKILL: without a goodbye) and starts it on the same port. */
  async restartApiServer(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    await this.stopApiServer(signal);
    await this.startApiServer();
  }

  stopApiServer(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    return this.apiServer.stop(signal);
  }

  async startApiServer(): Promise<void> {
    this.apiServer.start();
    await this.apiServer.until(() => this.#ready(), 90_000);
  }

  /** Restarts kube-apiserver with a new certificate of a new authority, and writes all kubeconfigs anew. */
  async replaceServingCertificate(): Promise<void> {
    await this.stopApiServer();
    rmSync(this.#certificate);
    rmSync(this.#certificate.replace(/crt$/, 'key'));
    this.apiServer.start();
    await this.apiServer.until(async () => existsSync(this.#certificate) && (await this.#ready()), 90_000);
    for (const [name, user] of this.#kubeconfigs) this.kubeconfigFor(user, name);
  }

  /** Lets kube-apiserver or etcd hold still, connections open, until `resume`. */
  stall(program: 'etcd' | 'kube-apiserver'): void {
    (program === 'etcd' ? this.etcd : this.apiServer).signal('SIGSTOP');
  }

  resume(program: 'etcd' | 'kube-apiserver'): void {
    (program === 'etcd' ? this.etcd : this.apiServer).signal('SIGCONT');
  }

  async stop(): Promise<void> {
    await this.controllers?.stop('SIGKILL');
    await this.apiServer.stop('SIGKILL');
    await this.etcd.stop('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }

  async #ready(): Promise<boolean> {
    return (await this.#status('/readyz')) === 200 && (await this.#status('/api/v1/namespaces/default')) === 200;
  }

  async #serviceAccountExists(): Promise<boolean> {
    return (await this.#status('/api/v1/namespaces/default/serviceaccounts/default')) === 200;
  }

  /** The HTTP status of a GET as admin; 0 without an answer. */
  #status(path: string): Promise<number> {
    return new Promise((resolve) => {
      const headers = { authorization: `Bearer ${this.adminToken}` };
      const request = https.get(this.url + path, { ca: this.ca, headers, agent: false, timeout: 2_000 }, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      });
      request.on('timeout', () => request.destroy());
      request.on('error', () => resolve(0));
    });
  }
}

/** Admission that waits for a controller which does not run, or not yet: without it no pod could be created or scheduled. */
const withoutUse = ({ controllers, serviceAccounts }: ControlPlaneOptions): readonly string[] => [
  ...(serviceAccounts ? [] : ['ServiceAccount']),
  ...(controllers ? [] : ['TaintNodesByCondition']),
];

const neededControllers = [
  'garbage-collector-controller',
  'namespace-controller',
  'serviceaccount-controller',
  'replicaset-controller',
  'deployment-controller',
  'disruption-controller',
  'resourcequota-controller',
  'pod-garbage-collector-controller',
  'node-lifecycle-controller',
  'clusterrole-aggregation-controller',
  'validatingadmissionpolicy-status-controller',
];
