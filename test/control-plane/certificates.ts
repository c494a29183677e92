/** An authority that certifies users, and servers, for as long as one likes: what a cluster's signer does, in a few lines of X.509. */
import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

export interface Certified {
  /** PEM. */
  readonly certificate: string;
  /** PEM. */
  readonly key: string;
}

export class Authority {
  readonly #keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });

  constructor(private readonly name: string) {}

  /** PEM. */
  get certificate(): string {
    const validity = { from: Date.now() - day, to: Date.now() + day };
    return this.#sign(this.name, this.#keys.publicKey, validity, [ofAuthority]);
  }

  /** For a user of Kubernetes: the common name is the user's. `to`: the end of its life, ms since the epoch. */
  certify(user: string, to: number): Certified {
    return this.#certified(user, to, [forClients]);
  }

  /** For a server at an address of IPv4, for a day. */
  certifyServer(address: string): Certified {
    return this.#certified(address, Date.now() + day, [forServers, atAddress(address)]);
  }

  #certified(subject: string, to: number, extensions: readonly Buffer[]): Certified {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    return {
      certificate: this.#sign(subject, publicKey, { from: Date.now() - day, to }, extensions),
      key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    };
  }

  #sign(subject: string, key: KeyObject, { from, to }: { from: number; to: number }, extensions: readonly Buffer[]) {
    const algorithm = sequence(oid('1.2.840.10045.4.3.2'));
    const body = sequence(
      tlv(0xa0, tlv(0x02, Buffer.from([2]))),
      tlv(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
      algorithm,
      commonName(this.name),
      sequence(time(from), time(to)),
      commonName(subject),
      key.export({ type: 'spki', format: 'der' }),
      tlv(0xa3, sequence(...extensions)),
    );
    const signature = sign('sha256', body, this.#keys.privateKey);
    return pem(sequence(body, algorithm, tlv(0x03, Buffer.from([0]), signature)));
  }
}

const day = 24 * 3_600_000;

/** Tag, length, value: what all of ASN.1's encoding is made of. */
function tlv(tag: number, ...content: readonly Buffer[]): Buffer {
  const value = Buffer.concat(content);
  const { length } = value;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, Math.floor(length / 0x100), length % 0x100];
  return Buffer.concat([Buffer.from([tag, ...size]), value]);
}

const sequence = (...content: readonly Buffer[]) => tlv(0x30, ...content);

/** In base 128, the first two numbers as one. */
function oid(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number);
  const digits = (value: number): number[] =>
    value < 0x80 ? [value] : [...digits(Math.floor(value / 0x80)).map((digit) => digit | 0x80), value % 0x80];
  return tlv(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(digits)]));
}

const commonName = (name: string) => sequence(tlv(0x31, sequence(oid('2.5.4.3'), tlv(0x0c, Buffer.from(name)))));

/** UTCTime: whole seconds, the year in two digits. */
const time = (instant: number) =>
  tlv(0x17, Buffer.from(`${new Date(instant).toISOString().replace(/[-:T]/g, '').slice(2, 14)}Z`));

const truth = tlv(0x01, Buffer.from([0xff]));
const ofAuthority = sequence(oid('2.5.29.19'), truth, tlv(0x04, sequence(truth)));
const forClients = sequence(oid('2.5.29.37'), tlv(0x04, sequence(oid('1.3.6.1.5.5.7.3.2'))));
const forServers = sequence(oid('2.5.29.37'), tlv(0x04, sequence(oid('1.3.6.1.5.5.7.3.1'))));
/** The subject's alternative name: an address. */
const atAddress = (address: string) =>
  sequence(oid('2.5.29.17'), tlv(0x04, sequence(tlv(0x87, Buffer.from(address.split('.').map(Number))))));

function pem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}
