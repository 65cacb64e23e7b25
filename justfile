# Every task a contributor needs. `just` lists them.

default:
    @just --list

# Build, start the demo, keep serving.
demo:
    cargo run --release -- demo

# All tests; what they need is installed by the scripts that use it.
test:
    cargo test --workspace

# What CI runs.
ci:
    bash .ci/run

# Format and lint.
lint:
    cargo fmt --all
    cargo clippy --workspace --all-targets -- -D warnings

# Write the wire types again from `model/`.
codegen:
    cargo run -p sangam-codegen

# Write the generated pages of `docs/` again.
docs:
    SANGAM_REGENERATE=1 cargo test -p sangam -p sangam-service

# Relevance over the development collections in FOLDER.
relevance FOLDER:
    cargo bench -p sangam --bench relevance -- {{FOLDER}}
