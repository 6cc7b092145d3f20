import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Secret } from "../../domain/secret.ts";
import { StackholdError } from "../../errors.ts";
import type { PasswordChange } from "../../ports/administration.ts";
import { callKopia, ownPlace } from "./call.ts";
import { KopiaFailure } from "./failures.ts";
import { type NextSecret, prepareSecret } from "./next-secret.ts";
import { writePrivately } from "./private-file.ts";
import type { KopiaDeps, KopiaSettings } from "./settings.ts";

/** What is derived from the password. Kopia replaces the one, then the other. */
const formatBlobs = ["kopia.repository", "kopia.blobcfg"];
const limitMs = 300_000;

/**
 * Of a repository that is connected. The new password is on disk before Kopia is asked, and what it
 * replaces lies beside: a machine that dies on the way leaves a repository that can be opened.
 */
export async function changePassword(
  settings: KopiaSettings,
  deps: KopiaDeps,
  password: Secret,
): Promise<PasswordChange> {
  if (password.reveal() === settings.password.reveal()) {
    const message = `repository ${settings.name}: the new password is the one that it has`;
    throw new StackholdError("USAGE", message, { hint: "choose another password" });
  }
  await copyFormat(settings, deps);
  const next = await prepareSecret(settings.passwordFile, password);
  try {
    await ask(settings, deps, password);
  } catch (failure) {
    if (!(await isChanged(settings, deps, password, next, failure))) {
      await next?.discard();
      throw failure;
    }
  }
  if (!(await opens(settings, deps, password))) throw unchanged(settings);
  return next === undefined ? {} : next.install();
}

/**
 * To its end, whatever becomes of this process: half of it would lock everybody out. It says nothing,
 * since with nobody to hear it that would end it.
 */
async function ask(settings: KopiaSettings, deps: KopiaDeps, password: Secret): Promise<void> {
  const args = ["repository", "change-password", "--log-level=error"];
  await callKopia(settings, deps, ownPlace(settings), args, {
    environment: { KOPIA_NEW_PASSWORD: password.reveal() },
    diesWithParent: false,
    timeoutMs: limitMs,
  });
}

async function isChanged(
  settings: KopiaSettings,
  deps: KopiaDeps,
  password: Secret,
  next: NextSecret | undefined,
  failure: unknown,
): Promise<boolean> {
  try {
    return await opens(settings, deps, password);
  } catch {
    const where = next?.file === undefined ? "" : `; the new one is in ${next.file}`;
    const message = `repository ${settings.name}: it is not known whether the password was changed${where}`;
    throw new StackholdError("REPOSITORY_UNUSABLE", message, {
      hint: "when its storage answers again, stackhold admin repo status shows whether the old one still opens it",
      cause: failure,
    });
  }
}

async function opens(settings: KopiaSettings, deps: KopiaDeps, password: Secret) {
  try {
    const as = { ...settings, password };
    await callKopia(as, deps, ownPlace(settings), ["repository", "status"], { timeoutMs: 60_000 });
    return true;
  } catch (failure) {
    if (failure instanceof KopiaFailure && failure.reason === "password") return false;
    throw failure;
  }
}

function unchanged({ name }: KopiaSettings): StackholdError {
  const message = `repository ${name}: the new password does not open it, though kopia changed it`;
  return new StackholdError("TOOL_FAILED", message, {
    hint: "see docs/kopia.md for how the old one is put back",
  });
}

/** The latest change's alone. */
async function copyFormat(settings: KopiaSettings, deps: KopiaDeps): Promise<void> {
  const directory = join(settings.stateDir, "before-password-change");
  await mkdir(directory, { recursive: true, mode: 0o700 });
  for (const blob of formatBlobs) {
    const args = ["blob", "show", blob];
    const { stdout } = await callKopia(settings, deps, ownPlace(settings), args, {
      stdout: "capture",
      timeoutMs: 60_000,
    });
    await writePrivately(join(directory, blob), stdout);
  }
}
