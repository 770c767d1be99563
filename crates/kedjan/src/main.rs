//! The program `kedjan`.

/// What one thread takes another gives back here all the time: the writer makes what the answering threads let go of. The
/// system's allocator holds a lock for that, and took a quarter of the processor under load.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    kedjan::cli::run()
}
