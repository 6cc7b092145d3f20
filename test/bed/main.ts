import { type Engine, runningEngine, startEngine, stopEngine } from "./engine.ts";
import { EngineBusy } from "./engine-lock.ts";
import { allImages, ensureImages } from "./images.ts";
import { installBed } from "./install.ts";
import { exitMissing, MissingComponent } from "./missing.ts";
import { answer, note } from "./print.ts";

const usage = "usage: node test/bed/main.ts up|down|status [--name NAME]";

/** Prints what a shell must evaluate to use the engine. */
function show({ env }: Engine): void {
  answer(`export DOCKER_HOST='${env.DOCKER_HOST}' DOCKER_CONFIG='${env.DOCKER_CONFIG}'`);
}

/** Starts the engine, or finds it running, with all images; it outlives this command. */
async function up(name: string): Promise<void> {
  await installBed();
  const engine = (await runningEngine(name)) ?? (await startEngine({ name, detached: true }));
  await ensureImages(engine, allImages);
  show(engine);
}

/** Also cleans up what a dead engine of that name left. */
async function down(name: string): Promise<void> {
  await stopEngine(name);
  note(`engine ${name} is not running`);
}

async function status(name: string): Promise<void> {
  const engine = await runningEngine(name);
  if (engine) show(engine);
  else note(`engine ${name} is not running`);
  process.exitCode = engine ? 0 : 1;
}

const commands: Record<string, (name: string) => Promise<void>> = { up, down, status };

async function main([command = "", ...rest]: string[]): Promise<void> {
  const name = rest[0] === "--name" ? rest[1] : "dev";
  const act = commands[command];
  if (!act || !name || (rest.length !== 0 && rest.length !== 2)) {
    note(usage);
    process.exitCode = 2;
    return;
  }
  await act(name);
}

await main(process.argv.slice(2)).catch((error: unknown) => {
  const told = [MissingComponent, EngineBusy, RangeError].some((kind) => error instanceof kind);
  if (!told || !(error instanceof Error)) throw error;
  note(error.message);
  process.exitCode = error instanceof MissingComponent ? exitMissing : 1;
});
