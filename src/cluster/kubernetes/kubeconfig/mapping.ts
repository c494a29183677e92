/** A mapping of a kubeconfig, read field by field. What is empty counts as absent, as it does for client-go. */
export class Mapping {
  readonly #fields: ReadonlyMap<string, unknown>;

  /**
   * @param path where it stands, for messages; empty for the whole file
   * @param mistake makes the error for a field that is not what it must be
   */
  constructor(
    value: unknown,
    private readonly path: string,
    private readonly mistake: (why: string) => Error,
  ) {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw mistake(`${path || 'it'} is no mapping`);
    this.#fields = new Map(Object.entries(value));
  }

  get fieldNames(): readonly string[] {
    return [...this.#fields.keys()];
  }

  text(field: string): string | undefined {
    return this.#text(this.#fields.get(field), this.#at(field));
  }

  /** What is written in base64. */
  data(field: string): string | undefined {
    const text = this.text(field);
    return text === undefined ? undefined : Buffer.from(text, 'base64').toString('utf8');
  }

  texts(field: string): readonly string[] {
    return this.#items(field).map((item, index) => this.#text(item, `${this.#at(field)}[${index}]`) ?? '');
  }

  isSet(field: string): boolean {
    const value = this.#fields.get(field) ?? false;
    if (typeof value !== 'boolean') throw this.mistake(`${this.#at(field)} must be true or false`);
    return value;
  }

  mapping(field: string): Mapping | undefined {
    const value = this.#fields.get(field) ?? undefined;
    return value === undefined ? undefined : new Mapping(value, this.#at(field), this.mistake);
  }

  mappings(field: string): readonly Mapping[] {
    return this.#items(field).map((item, index) => new Mapping(item, `${this.#at(field)}[${index}]`, this.mistake));
  }

  value(field: string): unknown {
    return this.#fields.get(field);
  }

  #items(field: string): readonly unknown[] {
    const value = this.#fields.get(field) ?? [];
    if (!Array.isArray(value)) throw this.mistake(`${this.#at(field)} is no list`);
    return value;
  }

  #text(value: unknown, path: string): string | undefined {
    if (value === undefined || value === null || value === '') return undefined;
    if (typeof value !== 'string') throw this.mistake(`${path} must be a string; put it in quotation marks`);
    return value;
  }

  #at(field: string): string {
    return this.path === '' ? field : `${this.path}.${field}`;
  }
}
