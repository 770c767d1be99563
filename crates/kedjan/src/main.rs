//! The program `kedjan`.

fn main() -> std::process::ExitCode {
    kedjan::cli::run()
}
