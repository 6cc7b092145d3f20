# Every target installs what it misses; a repeated call does only the work itself.
.PHONY: build test histories truth stacks kills storages demo bench bench-all format

build:
	@scripts/bootstrap/npm.sh
	@npm run --silent build

test:
	@scripts/bootstrap/test.sh

histories:
	@scripts/bootstrap/npm.sh
	@npm run --silent histories

truth: build
	@npm run --silent truth

stacks: build
	@npm run --silent stacks

kills: build
	@npm run --silent kills

storages: build
	@npm run --silent storages

demo: build
	@npm run --silent demo

bench: build
	@npm run --silent bench

bench-all: build
	@npm run --silent bench -- --all

format:
	@scripts/bootstrap/npm.sh
	@npm run --silent format
