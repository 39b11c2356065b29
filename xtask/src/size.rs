//! `cargo xtask size`: what the firmware takes of flash and RAM.

use anyhow::Result;

use crate::firmware::{self, Images};
use crate::{elf, memory_map};

pub(crate) fn run(args: &firmware::BuildArgs) -> Result<()> {
    firmware::measure(args)
}

/// Prints what each program takes, and one of them by section.
pub(crate) fn report(images: &Images) -> Result<()> {
    let regions = memory_map::read()?;
    print!("{}", elf::usage(&images.const_plan, &regions)?);
    let without = elf::used(&images.without_query, &regions)?;
    for (name, image) in [
        ("without a query", &images.without_query),
        ("with a plan in flash", &images.const_plan),
        ("with a decoded plan", &images.decoded_plan),
        ("with own functions", &images.user_function),
    ] {
        print!("    {name:<22}");
        for ((region, used), without) in
            regions.iter().zip(elf::used(image, &regions)?).zip(&without)
        {
            print!("{:>8} {used:>7} (+{})", region.name, used.saturating_sub(*without));
        }
        println!();
    }
    Ok(())
}
