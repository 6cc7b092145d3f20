/** Room in the state directory for what two passes keep until their point is stored. */
export interface StateSpool {
  /** The state directory. */
  readonly root: string;
  /** A private directory of this process; disposing removes it with all in it. */
  make(): Promise<AsyncDisposable & { readonly path: string }>;
  /** Removes what dead runs left and returns its paths. */
  sweep(): Promise<readonly string[]>;
}
