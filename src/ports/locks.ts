export interface Holder {
  readonly pid: number;
  /** `run`: a second one is refused; `recovery`: it is waited for. */
  readonly role: "run" | "recovery";
  /** What a person reads, e.g. `backup of wordpress since 02:00:00Z`. */
  readonly what: string;
  readonly since: string;
}

export interface Lock extends AsyncDisposable {
  readonly name: string;
  release(): Promise<void>;
}

/**
 * One holder at a time per name, across processes; a lock dies with its process, however it dies.
 * Names: `unit/<name>`, `repository/<id>`, `target/<host path>`.
 */
export interface Locks {
  /** Throws LOCKED naming the holder, after waiting while the holder is a recovery. */
  acquire(name: string, role: Holder["role"], what: string, signal?: AbortSignal): Promise<Lock>;
  /** Undefined when somebody holds it. */
  tryAcquire(name: string, role: Holder["role"], what: string): Promise<Lock | undefined>;
  holder(name: string): Promise<Holder | undefined>;
}
