# Motorpool: `make demo` to see it, `make test` to prove it. Both install what they need first.

.DEFAULT_GOAL := help
.PHONY: help demo test bench fuzz contract soak load fmt lint install sqlx

help: ## say what can be made
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

demo: ## build and start the whole service with a believable fleet (ARGS="--vehicles 1000" …)
	@exec ./scripts/demo.sh $(ARGS)

test: ## run every test, end with one summary line
	@exec ./scripts/test.sh

bench: ## measure beside ceilings, bounds and peers: all benches, or ARGS="ingest orders" (docs/performance.md)
	@exec ./scripts/bench.sh $(ARGS)

fuzz: ## fuzz every decoder for SECS seconds each (60)
	@exec ./scripts/fuzz.sh $(or $(SECS),60)

contract: ## ask the running service all that its description allows, SECS (120) for each of three accounts
	@exec ./scripts/contract.sh $(or $(SECS),120)

soak: ## kill service and store KILLS times (20) at random under load, and count
	@exec ./scripts/soak.sh $(or $(KILLS),20)

load: ## TERMINALS (77000) by JT/T 808 at RATE (15000) a second, with an outage; counts and prints
	@exec ./scripts/load.sh

fmt: ## format the Rust code
	cargo fmt --all

lint: ## formatting and lints, warnings are errors
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- -D warnings

install: ## install what the build and the tests need
	@./scripts/install.sh test

sqlx: ## write .sqlx, the descriptions of all queries, from a throw-away database
	@./scripts/sqlx-prepare.sh
