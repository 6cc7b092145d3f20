export interface ComposeProject {
  readonly project: string;
  /** Host path; what relative paths in the files refer to. */
  readonly workingDir: string;
  readonly files: readonly string[];
  readonly environmentFiles: readonly string[];
}

/** A service and how many containers of it shall exist. */
export interface ComposeService {
  readonly name: string;
  readonly replicas: number;
}

/** All the files of which an answer about a project is made, so that it may be remembered. */
export interface AnswerSources {
  /** By absolute path; undefined where there is none. */
  readonly files: ReadonlyMap<string, Uint8Array | undefined>;
  /** The same as they are by now; undefined where that is not certain any more. */
  again(): Promise<AnswerSources | undefined>;
}

/** The few acts for which Compose itself is needed. Errors: COMPOSE_FAILED, TOOL_MISSING. */
export interface Composer {
  version(): Promise<string>;
  /** Removes containers and networks; volumes stay. Each stop waits at most the timeout. */
  down(project: ComposeProject, timeoutSeconds?: number): Promise<void>;
  /** Creates what is missing of the named services, with networks and volumes; starts nothing. */
  create(project: ComposeProject, services: readonly ComposeService[]): Promise<void>;
  /** The resolved configuration as Compose prints it, YAML. */
  config(project: ComposeProject): Promise<string>;
  /**
   * The same as JSON: files merged, variables filled in, paths absolute, and every `$` doubled as
   * in a file that Compose shall read again. `unset`: variables that nothing sets, and which are
   * empty therefore. With `sources`, what was answered once for the same is given again: no file,
   * Compose or environment may have changed.
   */
  resolve(
    project: ComposeProject,
    sources?: AnswerSources,
  ): Promise<{
    readonly json: string;
    readonly unset: readonly string[];
  }>;
  /**
   * By service, the hash that Compose would label its containers with if they were made of this
   * resolved configuration (JSON). `sources` as above: those of the configuration.
   */
  hashes(
    project: ComposeProject,
    configuration: string,
    sources?: AnswerSources,
  ): Promise<ReadonlyMap<string, string>>;
}
