//! `cargo xtask size`: what the firmware takes of flash and RAM.

use anyhow::Result;

use crate::{elf, firmware, memory_map};

pub(crate) fn run(args: &firmware::BuildArgs) -> Result<()> {
    let image = firmware::build(args)?;
    print!("{}", elf::usage(&image, &memory_map::read()?)?);
    Ok(())
}
