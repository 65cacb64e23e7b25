//! How fast text becomes vectors.

fn main() {
    divan::main();
}
