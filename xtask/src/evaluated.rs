//! Random expressions on the device and on the host: the same bytes.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::process::{program, run};
use crate::route::{Route, TARGET};
use crate::{differential, project, qemu};

/// Runs `examples/firmware/differential` under QEMU and compares it with the host, record by record
/// and counter by counter.
pub(crate) fn check(route: Route, target_dir: &Path) -> Result<()> {
    let mut build = route.cargo("build");
    build.current_dir(project::firmware_differential());
    run(build.arg("--release").arg("--target-dir").arg(target_dir))?;
    let folder = project::target_dir().join("firmware-differential");
    run(program(differential::build()?).arg("device").arg(&folder))?;
    let read = |name: &str| {
        fs::read(folder.join(name)).with_context(|| format!("reading {name} of the expressions"))
    };
    let (expected, expressions) = (read("expected")?, read("expressions")?);
    let actual = qemu::run(&target_dir.join(TARGET).join("release").join("differential"))?;
    let (mut host, mut device) = (&*expected, &*actual);
    let mut count = 0;
    for expression in String::from_utf8(expressions)?.lines() {
        let frames = (frame(&mut host), frame(&mut device));
        if frames.0.is_none() || frames.0 != frames.1 {
            bail!("the device makes something else of {expression}:{}", shown(frames));
        }
        count += 1;
    }
    if !host.is_empty() || !device.is_empty() {
        bail!("the device prints more than the host");
    }
    println!(
        "    {count} expressions give the host's records and counters: {} bytes",
        actual.len()
    );
    Ok(())
}

/// What an expression gave: the length of its records, seven counters, its records.
fn frame<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = u32::from_le_bytes(*rest.first_chunk()?) as usize;
    let (frame, later) = rest.split_at_checked(4 + 7 * 8 + length)?;
    *rest = later;
    Some(frame)
}

fn shown((host, device): (Option<&[u8]>, Option<&[u8]>)) -> String {
    let (Some(host), Some(device)) = (host, device) else {
        return " nothing".to_owned();
    };
    let at = host.iter().zip(device).take_while(|(a, b)| a == b).count();
    let near = |bytes: &[u8]| format!("{:02x?}", bytes.get(at..bytes.len().min(at + 16)));
    format!(" byte {at} on\n  host:   {}\n  device: {}", near(host), near(device))
}
