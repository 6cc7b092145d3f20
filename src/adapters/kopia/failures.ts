import { type ErrorCode, StackholdError } from "../../errors.ts";
import { cancelledError, describeEnd, type ProcessResult } from "../../exec/result.ts";

/** Why a call failed, beyond its code. */
export type Reason = "absent" | "occupied" | "password" | "other";

export class KopiaFailure extends StackholdError {
  readonly reason: Reason;

  constructor(code: ErrorCode, message: string, reason: Reason, hint: string) {
    super(code, message, { hint });
    this.name = "KopiaFailure";
    this.reason = reason;
  }
}

interface Kind {
  readonly pattern: RegExp;
  readonly code: ErrorCode;
  readonly reason?: Reason;
  /** Before what Kopia says; in its place where it ends with a dot. */
  readonly says: string;
  readonly hint: string;
}

const credentialsHint =
  "see that the credentials of its storage are right and may read and write there";
const reachHint = "see that its storage is up and can be reached from here, then run again";

const occupation: Kind = {
  pattern: /found existing data in storage location/,
  code: "REPOSITORY_UNUSABLE",
  reason: "occupied",
  says: "other data lies where it should be made.",
  hint: "choose an empty place or another prefix",
};

/** In Kopia's words and those of its storages; the first that fits counts. */
const kinds: readonly Kind[] = [
  {
    pattern: /invalid repository password/,
    code: "WRONG_CREDENTIALS",
    reason: "password",
    says: "the password is wrong.",
    hint: "set the password that it was made with, or that it was changed to",
  },
  {
    pattern:
      /no space left on device|disk quota exceeded|insufficient storage|QuotaExceeded|StorageFull|\b507\b/i,
    code: "NO_SPACE",
    says: "its storage is full",
    hint: "free space there or remove old points",
  },
  occupation,
  {
    pattern:
      /repository not initialized|getting kopia\.repository blob: BLOB not found|cannot access storage path: .*no such file|not a valid repository|repository is not connected/,
    code: "REPOSITORY_UNUSABLE",
    reason: "absent",
    says: "there is no repository.",
    hint: "stackhold admin repo init makes it; if it was there before, see where it went",
  },
  {
    pattern: /unable to start rclone.*executable file not found/,
    code: "TOOL_MISSING",
    says: "rclone, which reaches its storage, is not installed.",
    hint: "install rclone, or see to it that it is on PATH",
  },
  {
    pattern: /NoSuchBucket|bucket does not exist|bucket doesn't exist|ContainerNotFound/i,
    code: "REPOSITORY_UNUSABLE",
    says: "its storage has no such bucket",
    hint: "make the bucket, or correct its name",
  },
  {
    pattern:
      /knownhosts: key mismatch|key is unknown|host key verification failed|REMOTE HOST IDENTIFICATION|x509: /i,
    code: "REPOSITORY_UNUSABLE",
    says: "the other side cannot prove that it is the one that is meant",
    hint: "compare the host's keys with known_hosts_file, which needs all of them (ssh-keyscan), or the certificate with ca_file",
  },
  {
    pattern:
      /access ?denied|forbidden|unauthorized|InvalidAccessKeyId|SignatureDoesNotMatch|signature (?:we calculated )?does not match|no user exists with|invalid credentials|token has expired|AuthenticationFailed|AuthorizationFailure|unable to authenticate|permission denied \(|invalid_grant|invalid_client|access key id you provided|bad_auth_token|could not find default credentials|\b40[13]\b/i,
    code: "WRONG_CREDENTIALS",
    says: "its storage refuses the credentials",
    hint: credentialsHint,
  },
  {
    pattern:
      /connection refused|connection reset|broken pipe|no such host|server misbehaving|i\/o timeout|network is unreachable|no route to host|handshake timeout|deadline exceeded|unexpected EOF|connection closed|connection lost|timed out/i,
    code: "REPOSITORY_UNUSABLE",
    says: "its storage cannot be reached",
    hint: reachHint,
  },
  {
    pattern: /: not a directory/,
    code: "REPOSITORY_UNUSABLE",
    says: "its storage is not a directory",
    hint: "correct its path",
  },
  {
    pattern: /permission denied|read-only file system|operation not permitted/i,
    code: "REPOSITORY_UNUSABLE",
    says: "its storage may not be used by this user",
    hint: "run as root, or give this user the place",
  },
  {
    pattern: /unable to start rclone/,
    code: "REPOSITORY_UNUSABLE",
    says: "rclone does not start",
    hint: "see that rclone knows the remote: rclone lsd REMOTE, with the same --config",
  },
];

/** All that is said of failures whatever a password may be. */
export const failurePhrases: readonly string[] = kinds.flatMap(({ says, hint }) => [
  says.replace(/\.$/, ""),
  hint,
]);

export function isAbsent(failure: unknown): boolean {
  return failure instanceof KopiaFailure && failure.reason === "absent";
}

/** What Kopia says where it is to make a repository in a place with other data. */
export function occupied({ name }: { readonly name: string }): KopiaFailure {
  const { code, says, hint } = occupation;
  return new KopiaFailure(code, `repository ${name}: ${says.slice(0, -1)}`, "occupied", hint);
}

export interface Whereabouts {
  readonly name: string;
  readonly program: string;
}

/** What a call that failed is told as: CANCELLED, or what Kopia's own words mean. */
export function failureOf(
  { name, program }: Whereabouts,
  result: ProcessResult,
  doing: string,
): StackholdError {
  if (result.cancelled) return cancelledError(program);
  const complaints = complaintsIn(result.stderr);
  const said = lastWords(complaints);
  const repository = `repository ${name}`;
  if (result.timedOut) {
    const what = said === "" ? "" : `: ${said}`;
    const message = `${repository}: its storage did not answer in time${what}`;
    return new KopiaFailure("REPOSITORY_UNUSABLE", message, "other", reachHint);
  }
  const all = complaints.join("\n");
  const kind = kinds.find(({ pattern }) => pattern.test(all));
  if (kind === undefined) {
    const isSilent = said === "" || result.signal !== null;
    const why = isSilent ? `kopia ${describeEnd(result)}` : said;
    const hint = "--verbose prints more; `stackhold version` shows the version of kopia";
    return new KopiaFailure("TOOL_FAILED", `${repository}: ${doing}: ${why}`, "other", hint);
  }
  const { code, says, hint, reason = "other" } = kind;
  const message = says.endsWith(".") ? says.slice(0, -1) : `${says}: ${said}`;
  return new KopiaFailure(code, `${repository}: ${message}`, reason, hint);
}

/** Without escape sequences, progress, and what is logged of each file, whose names are anybody's. */
function complaintsIn(stderr: string): string[] {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: Kopia colours what it says.
  const plain = stderr.replace(/\u001b\[[0-9;]*m/g, "");
  return plain
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.includes("\t{") && !/^[-\\|/*] \d/.test(line))
    .filter((line) => !/^Snapshotting /.test(line))
    .map((line) => line.replace(/^Error when processing ".*?": /, ""))
    .map((line) => line.replace(/ chunk \d+ of (?:FILE|DIR):.*?: (?=unable |error )/g, ": "));
}

/** The last line that says why, from where it does. */
function lastWords(complaints: readonly string[]): string {
  const last = complaints.at(-1)?.replace(/^ERROR:? /, "") ?? "";
  return last.replace(/^.* despite \d+ retries: /, "").replace(wrappings, "");
}

/** Where in Kopia something failed, which is the same for all that fails there. */
const wrappings =
  /^(?:(?:open repository|error connecting to repository|unable to open repository|unable to create format manager|unable to read format blob|error getting kopia\.repository blob): )+/;
